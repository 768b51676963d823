// @ts-check
// Plots as SVG, of numbers that were measured: points on two logarithmic scales, and bars side by side. What is plotted is up
// to plots.mjs.
// @ts-ignore Installed for the benchmarks alone.
import * as echarts from "echarts";

const OWN = "aiera-chat";
const COLOURS = { own: "#d6480a", other: "#4c6f91", line: "#9aa5b1", text: "#1f2933" };
const FONT = "system-ui, sans-serif";

/** @param {string} client */
const colour = (client) => (client.startsWith(OWN) ? COLOURS.own : COLOURS.other);

/**
 * @param {number} width
 * @param {number} height
 * @param {object} option as ECharts takes it
 * @returns {string}
 */
function draw(width, height, option) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  // Of its own: pages are dark at times.
  const paper = { animation: false, backgroundColor: "#fff", textStyle: { fontFamily: FONT } };
  chart.setOption({ ...paper, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

/** @param {string} text @param {number} left @param {number} [top] */
const title = (text, left, top = 8) => ({
  text,
  left,
  top,
  textStyle: { fontSize: 13, fontWeight: 600, color: COLOURS.text },
});

/**
 * A panel of points, each with its name (our own come first), and of a line that joins others.
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} y what the vertical scale shows
 * @property {[name: string, x: number, y: number][]} points
 * @property {[name: string, x: number, y: number][]} line
 */

/**
 * @param {string} x what the horizontal scale shows
 * @param {Panel[]} panels
 */
export function points(x, panels) {
  const width = 470;
  const axis = {
    type: "log",
    splitLine: { lineStyle: { color: "#e4e7eb" } },
    axisLabel: { formatter: (/** @type {number} */ value) => String(value) },
  };
  return draw(width * panels.length, 440, {
    title: panels.map(({ title: text }, at) => title(text, at * width + 12)),
    grid: panels.map((_, at) => ({
      left: at * width + 62,
      top: 44,
      width: width - 84,
      height: 336,
    })),
    xAxis: panels.map((_, gridIndex) => ({
      ...axis,
      gridIndex,
      name: x,
      nameLocation: "middle",
      nameGap: 26,
      ...bounds(panels, 1),
    })),
    yAxis: panels.map((panel, gridIndex) => ({
      ...axis,
      gridIndex,
      name: panel.y,
      nameLocation: "middle",
      nameGap: 40,
      ...bounds([panel], 2),
    })),
    series: panels.flatMap((panel, at) => [
      {
        type: "line",
        xAxisIndex: at,
        yAxisIndex: at,
        symbolSize: 4,
        lineStyle: { color: COLOURS.line, type: "dashed", width: 1.5 },
        itemStyle: { color: COLOURS.line },
        data: panel.line.map(([name, ...value]) => ({
          value,
          label: {
            show: true,
            formatter: name,
            position: "bottom",
            fontSize: 10,
            color: "#7b8794",
          },
        })),
      },
      {
        type: "scatter",
        xAxisIndex: at,
        yAxisIndex: at,
        symbolSize: 9,
        data: panel.points.map(([name, ...value], order) => ({
          value,
          itemStyle: { color: colour(name) },
          label: {
            show: true,
            formatter: name,
            fontSize: 11,
            color: colour(name),
            ...(name.startsWith(OWN)
              ? { position: order ? "left" : "top", fontWeight: "bold" }
              : { position: "right" }),
          },
        })),
      },
    ]),
  });
}

/**
 * Round ends of a logarithmic scale.
 * @param {Panel[]} panels
 * @param {1 | 2} place
 */
function bounds(panels, place) {
  const values = panels.flatMap(({ points, line }) =>
    [...points, ...line].map((one) => one[place]),
  );
  const [least, most] = [Math.min(...values) / 1.1, Math.max(...values) * 1.1];
  const round = [-3, -2, -1, 0, 1, 2, 3].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));
  return {
    min: round.findLast((value) => value <= least),
    max: round.find((value) => value >= most),
  };
}

/**
 * @param {{ title: string, bars: [name: string, value: number, shown: string][] }[]} panels
 */
export function bars(panels) {
  const [width, row, perLine] = [460, 22, 2];
  const most = Math.max(...panels.map(({ bars }) => bars.length));
  const height = 44 + most * row;
  const place = (/** @type {number} */ at) => ({
    x: (at % perLine) * width,
    y: Math.floor(at / perLine) * height,
  });
  return draw(width * perLine, Math.ceil(panels.length / perLine) * height + 8, {
    title: panels.map((panel, at) => title(panel.title, place(at).x + 12, place(at).y + 10)),
    grid: panels.map(({ bars }, at) => ({
      left: place(at).x + 135,
      top: place(at).y + 34,
      width: width - 215,
      height: bars.length * row,
    })),
    xAxis: panels.map((_, gridIndex) => ({ type: "value", gridIndex, show: false })),
    yAxis: panels.map((panel, gridIndex) => ({
      type: "category",
      gridIndex,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      data: panel.bars.map(([name]) => ({
        value: name,
        textStyle: { color: colour(name), fontWeight: name.startsWith(OWN) ? "bold" : "normal" },
      })),
    })),
    series: panels.map((panel, at) => ({
      type: "bar",
      xAxisIndex: at,
      yAxisIndex: at,
      barWidth: 13,
      data: panel.bars.map(([name, value, formatter]) => ({
        value,
        itemStyle: { color: colour(name), borderRadius: 2 },
        label: { show: true, position: "right", formatter, fontSize: 11, color: COLOURS.text },
      })),
    })),
  });
}
