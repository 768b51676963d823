import { parseId } from "./ids.mjs";

const PAGE = 500;

/**
 * All matching workflows, one page at a time, oldest first.
 * @param {import("@dbos-inc/dbos-sdk").DBOSClient} database
 * @param {import("@dbos-inc/dbos-sdk").GetWorkflowsInput} input
 */
export async function* list(database, input) {
  for (let offset = 0; ; offset += PAGE) {
    const page = await database.listWorkflows({ ...input, limit: PAGE, offset });
    yield* page;
    if (page.length < PAGE) return;
  }
}

/** Failed workflows that no later round has replaced. */
export async function listDead(/** @type {import("@dbos-inc/dbos-sdk").DBOSClient} */ database) {
  const failed = [];
  const status = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"];
  for await (const workflow of list(database, { status })) failed.push(workflow);
  const nextIds = failed.map(({ workflowID }) => parseId(workflowID).nextId);
  if (nextIds.length === 0) return [];
  const next = await database.listWorkflows({ workflowIDs: nextIds, loadInput: false });
  const replaced = new Set(next.map(({ workflowID }) => workflowID));
  return failed.filter((_, index) => !replaced.has(nextIds[index]));
}
