// @ts-check
// Places the labels of points so that they overlap neither each other nor the points.

/** @typedef {{ x: number, y: number, width: number, height: number }} Box `x` and `y` are its top left corner */
/** @typedef {{ x: number, y: number, radius: number }} Point */
/** @typedef {Point & { text: string, width: number, height: number }} Item a point and the size of its label */
/** @typedef {{ box: Box, leader: boolean }} Placement `leader`: a line joins the label with its point */

/** Directions from a point to its label, the preferred ones first. */
const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
];
/** Distances between a point and its label, in pixels. From the second one on, a leader joins them. */
const DISTANCES = [5, 16, 28, 42, 58];
/** The least space between two labels. */
const GAP = 2;
/** The cost of covering something, against one pixel of distance from the point. */
const OVERLAP = 10_000;
const OUTSIDE = 1_000_000;
const PASSES = 6;

/**
 * Starts with the best place of each label by itself, and then moves labels until none has a better place.
 * @param {Item[]} items
 * @param {Point[]} obstacles other points to keep clear
 * @param {Box} area
 * @returns {Placement[]} in the order of `items`
 */
export function placeLabels(items, obstacles, area) {
  const candidates = items.map(candidatesFor);
  const points = [...items, ...obstacles];
  const chosen = items.map(() => 0);
  const costOf = (/** @type {number} */ item, /** @type {number} */ candidate) => {
    const { box, cost } = candidates[item][candidate];
    const padded = grow(box, GAP);
    const outside = contains(area, box) ? 0 : OUTSIDE;
    const overPoints = points.filter((point) => overlap(box, boxOf(point)) > 0).length * OVERLAP;
    const overLabels = items.reduce((sum, _, other) => {
      const label = other === item ? undefined : candidates[other][chosen[other]].box;
      return label && overlap(padded, label) > 0 ? sum + OVERLAP : sum;
    }, 0);
    return cost + outside + overPoints + overLabels;
  };
  for (let pass = 0; pass < PASSES; pass++) {
    for (const item of items.keys()) {
      const costs = candidates[item].map((_, candidate) => costOf(item, candidate));
      chosen[item] = costs.indexOf(Math.min(...costs));
    }
  }
  return items.map((_, item) => candidates[item][chosen[item]]);
}

/** @param {Item} item */
function candidatesFor({ x, y, radius, width, height }) {
  return DISTANCES.flatMap((distance, far) =>
    DIRECTIONS.map(([right, down], order) => {
      // A diagonal label is nearer by its corner.
      const reach = (radius + distance) * (right && down ? Math.SQRT1_2 : 1);
      const box = {
        x: x + right * reach - (width * (1 - right)) / 2,
        y: y + down * reach - (height * (1 - down)) / 2,
        width,
        height,
      };
      return { box, leader: far > 0, cost: distance * 10 + order };
    }),
  );
}

/** @param {Point} point @returns {Box} */
const boxOf = ({ x, y, radius }) => ({
  x: x - radius,
  y: y - radius,
  width: 2 * radius,
  height: 2 * radius,
});

/** @param {Box} box @param {number} by @returns {Box} */
const grow = ({ x, y, width, height }, by) => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** The area that two boxes share. @param {Box} a @param {Box} b */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

/** @param {Box} outer @param {Box} inner */
const contains = (outer, inner) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
