// @ts-check
// Draws charts as SVG for light and dark pages: points on logarithmic scales, and bars. plots.mjs has the data.
import { nearestTo, placeLabels, pointsBetween } from "./labels.mjs";

/** @typedef {{ name: string, own?: boolean, x: number, y: number }} Point `own`: a point of this package */
/** @typedef {{ title: string, yTitle: string, points: Point[], curve: Point[] }} PointPanel `curve` joins its points */
/** @typedef {{ name: string, own?: boolean, value: number, text: string }} Bar `text` is the value as shown */
/** @typedef {{ title: string, bars: Bar[] }} BarPanel */

/** Colors by role, for light and dark. Texts have a contrast of at least 4.5 to the background. */
const COLORS = {
  background: ["#ffffff", "#0d1117"],
  border: ["#d1d9e0", "#3d444d"],
  text: ["#1f2328", "#f0f6fc"],
  muted: ["#59636e", "#9198a1"],
  grid: ["#e6eaef", "#262c36"],
  own: ["#bc4c00", "#f0883e"],
  other: ["#3b6ea5", "#79b8ff"],
};
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
/** The width of a character, in ems: an upper bound of the average in common fonts. */
const CHARACTER = 0.58;
const BOLD_CHARACTER = 0.63;
const LABEL = 12;
const SMALL = 11;

/**
 * Draws panels of points side by side.
 * @param {{ title: string, description: string, xTitle: string, panels: PointPanel[] }} chart
 */
export function drawPoints({ title, description, xTitle, panels }) {
  const [width, height] = [470, 460];
  const xScale = logScale(
    panels.flatMap(({ points, curve }) => [...points, ...curve].map(({ x }) => x)),
  );
  const drawn = panels.map((panel, index) => {
    const area = { x: index * width + 60, y: 64, width: width - 80, height: height - 122 };
    return drawPointPanel(panel, area, xScale, xTitle);
  });
  return svgDocument({ title, description, width: width * panels.length, height }, drawn);
}

/**
 * @param {PointPanel} panel
 * @param {import("./labels.mjs").Box} area
 * @param {LogScale} xScale
 * @param {string} xTitle
 */
function drawPointPanel({ title, yTitle, points, curve }, area, xScale, xTitle) {
  const yScale = logScale([...points, ...curve].map(({ y }) => y));
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  const toX = (/** @type {number} */ x) => area.x + xScale.position(x) * area.width;
  const toY = (/** @type {number} */ y) => bottom - yScale.position(y) * area.height;
  const grid = [
    ...xScale.ticks.map((tick) => line("grid", toX(tick), area.y, toX(tick), bottom)),
    ...yScale.ticks.map((tick) => line("grid", area.x, toY(tick), right, toY(tick))),
  ];
  const axes = [
    ...xScale.ticks.map((tick) => text("tick middle", toX(tick), bottom + 16, `${tick}`)),
    ...yScale.ticks.map((tick) => text("tick end", area.x - 7, toY(tick) + 4, `${tick}`)),
    text("axis middle", (area.x + right) / 2, bottom + 38, xTitle),
    text("axis start", area.x - 48, area.y - 10, yTitle),
    text("title start", area.x - 48, area.y - 28, title),
  ];
  const path = curve.map(({ x, y }) => `${round(toX(x))},${round(toY(y))}`).join(" ");
  const dots = [
    ...points.map((point) => ({ ...point, radius: 5, size: LABEL, role: roleOf(point) })),
    ...curve.map((point) => ({ ...point, radius: 2.5, size: SMALL, role: "muted" })),
  ].map((dot) => ({ ...dot, x: toX(dot.x), y: toY(dot.y) }));
  const items = dots.map((dot) => ({
    ...dot,
    text: dot.name,
    width: widthOf(dot.name, dot.size, dot.own),
    height: dot.size + 2,
  }));
  const curveDots = dots.slice(points.length);
  const obstacles = curveDots
    .slice(1)
    .flatMap((dot, index) => pointsBetween(curveDots[index], dot));
  // Labels may extend slightly beyond the grid.
  const labelArea = {
    x: area.x + 2,
    y: area.y - 4,
    width: area.width + 14,
    height: area.height + 2,
  };
  const placements = placeLabels(items, obstacles, labelArea);
  const labels = items.map((item, index) => {
    const { box, leader } = placements[index];
    const own = item.own ? " bold" : "";
    const size = item.size === SMALL ? " small" : "";
    return [
      leader ? leaderLine(item, nearestTo(box, item)) : "",
      text(`label start ${item.role}${own}${size}`, box.x, box.y + item.size - 1, item.name),
    ].join("");
  });
  const circles = dots.map(
    ({ x, y, radius, role }) =>
      `<circle class="dot ${role}" cx="${round(x)}" cy="${round(y)}" r="${radius}"/>`,
  );
  return [
    ...grid,
    `<polyline class="curve" points="${path}"/>`,
    ...labels,
    ...circles,
    ...axes,
  ].join("\n");
}

/**
 * Draws panels of bars in two columns.
 * @param {{ title: string, description: string, panels: BarPanel[] }} chart
 */
export function drawBars({ title, description, panels }) {
  const [columns, width, row, top] = [2, 470, 22, 46];
  const panelHeight = top + Math.max(...panels.map(({ bars }) => bars.length)) * row + 8;
  const names = panels.flatMap(({ bars }) =>
    bars.map(({ name, own }) => widthOf(name, LABEL, own)),
  );
  const values = panels.flatMap(({ bars }) => bars.map((bar) => widthOf(bar.text, LABEL, bar.own)));
  const left = 16 + Math.max(...names) + 8;
  const longest = width - left - Math.max(...values) - 22;
  const drawn = panels.map((panel, index) => {
    const x = (index % columns) * width;
    const y = Math.floor(index / columns) * panelHeight;
    const most = Math.max(...panel.bars.map(({ value }) => value));
    const bars = panel.bars.map((bar, position) => {
      const [middle, role] = [y + top + position * row + row / 2, roleOf(bar)];
      const length = Math.max(1.5, (Math.max(0, bar.value) / most) * longest);
      const bold = bar.own ? " bold" : "";
      return [
        text(`label end ${role}${bold}`, x + left - 8, middle + 4, bar.name),
        `<rect class="bar ${role}" x="${round(x + left)}" y="${round(middle - 6.5)}" width="${round(length)}" height="13" rx="2"/>`,
        text(`label start plain${bold}`, x + left + length + 6, middle + 4, bar.text),
      ].join("");
    });
    return [text("title start", x + 16, y + 28, panel.title), ...bars].join("\n");
  });
  const rows = Math.ceil(panels.length / columns);
  return svgDocument(
    { title, description, width: width * columns, height: rows * panelHeight + 8 },
    drawn,
  );
}

/** @typedef {{ ticks: number[], position: (value: number) => number }} LogScale positions are from 0 to 1 */

/**
 * A logarithmic scale with ticks at 1, 2 and 5 times powers of ten.
 * @param {number[]} values
 * @returns {LogScale}
 */
function logScale(values) {
  const [least, most] = [Math.min(...values) / 1.12, Math.max(...values) * 1.12];
  const marks = [-3, -2, -1, 0, 1, 2, 3].flatMap((power) =>
    [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
  );
  const start = marks.findLast((mark) => mark <= least) ?? least;
  const end = marks.find((mark) => mark >= most) ?? most;
  return {
    ticks: marks.filter((mark) => mark >= start && mark <= end),
    position: (value) => Math.log(value / start) / Math.log(end / start),
  };
}

/**
 * @param {{ title: string, description: string, width: number, height: number }} attributes
 * @param {string[]} content
 */
function svgDocument({ title, description, width, height }, content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">${escapeText(title)}</title>
<desc id="description">${escapeText(description)}</desc>
<style>
text { font-family: ${FONT}; font-size: ${LABEL}px; }
.small, .tick, .axis { font-size: ${SMALL}px; }
.title { font-size: 14px; font-weight: 600; }
.bold { font-weight: 600; }
.start { text-anchor: start; } .middle { text-anchor: middle; } .end { text-anchor: end; }
.grid { stroke-width: 1; } .leader { stroke-width: 0.75; }
.curve { fill: none; stroke-width: 1.5; stroke-dasharray: 5 4; }
.dot { stroke-width: 1.5; }
${colorRules(0)}
@media (prefers-color-scheme: dark) {
${colorRules(1)}
}
</style>
<rect class="background" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${content.join("\n")}
</svg>
`;
}

/** The style rules that depend on the color scheme. @param {number} scheme 0 is light, 1 is dark */
function colorRules(scheme) {
  const { background, border, text, muted, grid, own, other } = COLORS;
  return [
    `.background { fill: ${background[scheme]}; stroke: ${border[scheme]}; }`,
    `.title, .plain { fill: ${text[scheme]}; }`,
    `.tick, .axis, .muted { fill: ${muted[scheme]}; }`,
    `.own { fill: ${own[scheme]}; }`,
    `.other { fill: ${other[scheme]}; }`,
    `.dot { stroke: ${background[scheme]}; }`,
    `.grid { stroke: ${grid[scheme]}; }`,
    `.curve, .leader { stroke: ${muted[scheme]}; }`,
  ].join("\n");
}

/** @param {{ x: number, y: number }} start @param {{ x: number, y: number }} end */
const leaderLine = (start, end) => line("leader", start.x, start.y, end.x, end.y);

/** @param {{ own?: boolean }} item */
const roleOf = ({ own }) => (own ? "own" : "other");

/** @param {string} label @param {number} size @param {boolean} [bold] */
const widthOf = (label, size, bold) => label.length * size * (bold ? BOLD_CHARACTER : CHARACTER);

/** @param {string} className @param {number} x @param {number} y @param {string} content */
const text = (className, x, y, content) =>
  `<text class="${className}" x="${round(x)}" y="${round(y)}">${escapeText(content)}</text>`;

/** @param {string} className @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
const line = (className, x1, y1, x2, y2) =>
  `<line class="${className}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10;

/** @param {string} content */
const escapeText = (content) =>
  content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
