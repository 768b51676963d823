// @ts-check
// Places the labels of points so that they overlap neither each other nor the points.
import { random } from "./random.mjs";

/** @typedef {{ x: number, y: number, width: number, height: number }} Box `x` and `y` are the top left corner */
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
/** The minimum space between two labels. */
const GAP = 2;
/** Points at a smaller distance look like one. */
const SAME_POINT = 8;
/** A label should be nearer to its point than to any other, by this many pixels. */
const MARGIN = 6;

/** Costs. One pixel of distance between a point and its label costs 10. */
const OUTSIDE = 1_000_000;
const OVERLAP = 10_000;
const AMBIGUOUS = 2_000;
const LEADER_ACROSS = 3_000;

const RESTARTS = 40;
const PASSES = 8;

/**
 * Improves one label after another until no label has a better position; repeats that from random starts and keeps the best
 * result.
 * @param {Item[]} items
 * @param {Point[]} obstacles other points to keep clear
 * @param {Box} area
 * @returns {Placement[]} in the order of `items`
 */
export function placeLabels(items, obstacles, area) {
  const candidates = items.map((item) => candidatesFor(item, items, obstacles, area));
  const next = random(1);
  let best = { total: Infinity, chosen: items.map(() => 0) };
  for (let restart = 0; restart < RESTARTS; restart++) {
    const chosen = candidates.map(({ length }) => (restart ? Math.floor(next() * length) : 0));
    const costOf = (/** @type {number} */ item, /** @type {number} */ candidate) =>
      chosen.reduce(
        (sum, other, index) =>
          index === item
            ? sum
            : sum + conflict(candidates[item][candidate], candidates[index][other]),
        candidates[item][candidate].cost,
      );
    for (let pass = 0; pass < PASSES; pass++) {
      for (const item of items.keys()) {
        const costs = candidates[item].map((_, candidate) => costOf(item, candidate));
        chosen[item] = costs.indexOf(Math.min(...costs));
      }
    }
    const total = chosen.reduce((sum, candidate, item) => sum + costOf(item, candidate), 0);
    if (total < best.total) best = { total, chosen };
  }
  return best.chosen.map((candidate, item) => candidates[item][candidate]);
}

/** @typedef {Placement & { cost: number, trace: Point[] }} Candidate `trace`: points along the leader */

/**
 * The positions for a label, with the costs that do not depend on other labels.
 * @param {Item} item
 * @param {Item[]} items
 * @param {Point[]} obstacles
 * @param {Box} area
 * @returns {Candidate[]}
 */
function candidatesFor(item, items, obstacles, area) {
  const others = items.filter(
    (other) => Math.hypot(other.x - item.x, other.y - item.y) > SAME_POINT,
  );
  return DISTANCES.flatMap((far, step) =>
    DIRECTIONS.map(([right, down], order) => {
      // The corner of a diagonal label is nearer.
      const reach = (item.radius + far) * (right && down ? Math.SQRT1_2 : 1);
      const box = {
        x: item.x + right * reach - (item.width * (1 - right)) / 2,
        y: item.y + down * reach - (item.height * (1 - down)) / 2,
        width: item.width,
        height: item.height,
      };
      const trace = step ? pointsBetween(item, nearestTo(box, item)) : [];
      const covered = [...items, ...obstacles].filter(
        (point) => distance(box, point) < point.radius,
      );
      const ambiguous = others.filter(
        (other) => distance(box, other) < distance(box, item) + MARGIN,
      );
      const crossed = others.filter((other) => trace.some((point) => near(point, other)));
      const cost =
        far * 10 +
        order +
        (contains(area, box) ? 0 : OUTSIDE) +
        covered.length * OVERLAP +
        ambiguous.length * AMBIGUOUS +
        crossed.length * LEADER_ACROSS;
      return { box, leader: step > 0, cost, trace };
    }),
  );
}

/** The cost of two labels' positions together. @param {Candidate} a @param {Candidate} b */
function conflict(a, b) {
  const crosses = (/** @type {Candidate} */ one, /** @type {Candidate} */ other) =>
    one.trace.some((point) => distance(other.box, point) < GAP);
  return (
    (overlap(grow(a.box, GAP), b.box) ? OVERLAP : 0) +
    (crosses(a, b) ? LEADER_ACROSS : 0) +
    (crosses(b, a) ? LEADER_ACROSS : 0)
  );
}

/**
 * Points on a line, about 4 pixels apart.
 * @param {{ x: number, y: number }} start
 * @param {{ x: number, y: number }} end
 * @returns {Point[]}
 */
export function pointsBetween(start, end) {
  const steps = Math.max(1, Math.ceil(Math.hypot(end.x - start.x, end.y - start.y) / 4));
  return Array.from({ length: steps + 1 }, (_, step) => ({
    x: start.x + ((end.x - start.x) * step) / steps,
    y: start.y + ((end.y - start.y) * step) / steps,
    radius: 1,
  }));
}

/**
 * The point of a box nearest to another point.
 * @param {Box} box
 * @param {{ x: number, y: number }} point
 */
export const nearestTo = (box, { x, y }) => ({
  x: Math.min(Math.max(x, box.x), box.x + box.width),
  y: Math.min(Math.max(y, box.y), box.y + box.height),
});

/** @param {Box} box @param {{ x: number, y: number }} point */
function distance(box, point) {
  const nearest = nearestTo(box, point);
  return Math.hypot(nearest.x - point.x, nearest.y - point.y);
}

/** @param {Point} a @param {Point} b */
const near = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) < a.radius + b.radius;

/** @param {Box} box @param {number} by @returns {Box} */
const grow = ({ x, y, width, height }, by) => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

/** Whether two boxes overlap. @param {Box} a @param {Box} b */
const overlap = (a, b) =>
  Math.min(a.x + a.width, b.x + b.width) > Math.max(a.x, b.x) &&
  Math.min(a.y + a.height, b.y + b.height) > Math.max(a.y, b.y);

/** @param {Box} outer @param {Box} inner */
const contains = (outer, inner) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
