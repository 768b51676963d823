// @ts-check
// The accessibility tree of a page, as Chromium exposes it to screen readers.

/**
 * @typedef {object} Node
 * @property {string} id
 * @property {string} role
 * @property {string} name
 * @property {Record<string, any>} properties
 * @property {Node[]} children  ignored nodes are replaced by their children
 */

/** @typedef {{ id: string, text: string }} Text  a node that holds text */

/** @typedef {{ role: string, text: string }} Announcement  one of a live region */

/** @param {import("playwright-core").Page} page */
export async function accessibilityOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Accessibility.enable");

  /** @returns {Promise<Node>} */
  async function tree() {
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    /** @type {(id: string) => Node[]} */
    const read = (id) => {
      const node = byId.get(id);
      const children = (node?.childIds ?? []).flatMap(read);
      if (!node || node.ignored) return children;
      const properties = (node.properties ?? []).map(({ name, value }) => [name, value.value]);
      const [role, name] = [node.role?.value ?? "", node.name?.value ?? ""];
      return [{ id, role, name, properties: Object.fromEntries(properties), children }];
    };
    return read(nodes[0].nodeId)[0];
  }

  const regions = async () => all(await tree()).filter(isLive);

  /**
   * Reads the live regions continuously, and records each announcement of a screen reader: the whole text of a changed atomic
   * region, and the added text of other regions.
   */
  async function listen() {
    /** @type {Announcement[]} */
    const announcements = [];
    /** Whether a region was busy: a screen reader waits. */
    let wasBusy = false;
    /** @type {Map<string, Map<string, string>>} */
    const before = new Map();
    async function read() {
      for (const region of await regions()) {
        const texts = textsIn(region);
        const earlier = before.get(region.id);
        before.set(region.id, new Map(texts.map(({ id, text }) => [id, text])));
        wasBusy ||= Boolean(region.properties.busy);
        const added = texts.filter(({ id, text }) => earlier && earlier.get(id) !== text);
        // A region that appears with its content is not announced.
        if (!earlier || added.length === 0) continue;
        const announced = region.properties.atomic ? texts : added;
        announcements.push({ role: region.role, text: joined(announced) });
      }
    }
    await read();
    let isListening = true;
    const reading = (async () => {
      while (isListening) await read();
    })();
    return {
      announcements,
      wasBusy: () => wasBusy,
      async stop() {
        isListening = false;
        await reading;
        await read();
      },
    };
  }

  /** The changes that Chromium reports for the live regions and their descendants. */
  async function watch() {
    /** @type {Set<string>} */
    const watched = new Set();
    /** @type {string[]} */
    const changes = [];
    session.on("Accessibility.nodesUpdated", ({ nodes }) => {
      for (const { nodeId, role } of nodes) {
        if (watched.has(nodeId)) changes.push(`${role?.value} ${nodeId}`);
      }
    });
    // Chromium reports changes only for nodes that were requested one by one.
    /** @param {string} id */
    async function ask(id) {
      const { nodes } = await session.send("Accessibility.getChildAXNodes", { id });
      for (const { nodeId } of nodes) await ask(nodeId);
    }
    await session.send("Accessibility.getRootAXNode");
    for (const region of await regions()) {
      for (const { id } of all(region)) watched.add(id);
      await ask(region.id);
    }
    return changes;
  }

  return { tree, regions, listen, watch };
}

/**
 * A node and its descendants, in document order.
 *
 * @param {Node} node
 * @returns {Node[]}
 */
export function all(node) {
  return [node, ...node.children.flatMap(all)];
}

/**
 * The text of a node as a screen reader reads it.
 *
 * @param {Node} node
 */
export function textOf(node) {
  return joined(textsIn(node));
}

/**
 * @param {Node} node
 * @returns {Text[]}
 */
function textsIn({ id, role, name, properties, children }) {
  if (properties.live === "off") return [];
  if (role === "StaticText") return [{ id, text: name }];
  return children.flatMap(textsIn);
}

/** @param {Text[]} texts */
function joined(texts) {
  const words = texts.map(({ text }) => text.trim()).filter(Boolean);
  return words.join(" ");
}

/** @param {Node} node */
function isLive({ properties: { live } }) {
  return Boolean(live) && live !== "off";
}
