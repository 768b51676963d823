// @ts-check
// Data that the element does not draw, such as a chart: a table if the data has that shape, else names and values.
import { framedTable } from "../table.js";
import { h, outsideLink, webAddress } from "./dom.js";

/** @typedef {import("./context.js").ViewContext} ViewContext */

/** Fields that name the data. The caption shows them. */
const CAPTIONS = new Set(["title", "name", "caption", "alt", "type"]);
/** Deeper data is shown as text. */
const MAX_DEPTH = 4;

/**
 * @param {any} data
 * @param {string} caption
 * @param {ViewContext} context
 * @returns {HTMLElement}
 */
export function dataView(data, caption, context) {
  const table = tableOf(data);
  if (table) return framedTable(tableElement(table), context, caption);
  return h("figure", { class: "data" }, h("figcaption", {}, caption), valueView(data, 0));
}

/** @typedef {{ header: string[], rows: unknown[][] }} Table */

/**
 * Reads a table from data in a common shape of tables and charts.
 *
 * @param {any} data
 * @returns {Table | undefined}
 */
function tableOf(data) {
  if (Array.isArray(data)) return fromRows(data);
  const {
    columns,
    headers,
    header,
    rows,
    data: inner,
    labels,
    categories,
    datasets,
    series,
  } = data;
  const names = arrayIn(columns, headers, header)?.map(nameOf);
  const body = arrayIn(rows, inner);
  if (names && body) return { header: names, rows: body.map((row) => rowOf(row, names)) };
  const sets = arrayIn(datasets, series, inner?.datasets);
  const points = arrayIn(
    labels,
    categories,
    data.xAxis?.categories,
    data.xAxis?.data,
    inner?.labels,
  );
  if (sets?.length && sets.every((set) => Array.isArray(set?.data ?? set?.values))) {
    const values = sets.map((set) => set.data ?? set.values);
    const length = Math.max(...values.map((list) => list.length));
    return {
      header: ["", ...sets.map((set, i) => nameOf(set.label ?? set.name ?? i + 1))],
      rows: Array.from({ length }, (_, i) => [
        points?.[i] ?? i + 1,
        ...values.map((list) => list[i]),
      ]),
    };
  }
  return body ? fromRows(body) : undefined;
}

/** @param {unknown[]} candidates */
function arrayIn(...candidates) {
  return /** @type {any[] | undefined} */ (candidates.find(Array.isArray));
}

/**
 * @param {any[]} rows
 * @returns {Table | undefined}
 */
function fromRows(rows) {
  if (rows.length === 0) return undefined;
  if (rows.every(Array.isArray)) return { header: rows[0].map(nameOf), rows: rows.slice(1) };
  const areRecords = rows.every((row) => row && typeof row === "object" && !Array.isArray(row));
  if (!areRecords) return undefined;
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { header, rows: rows.map((row) => rowOf(row, header)) };
}

/**
 * @param {any} row
 * @param {string[]} names
 */
function rowOf(row, names) {
  if (Array.isArray(row)) return row;
  return names.map((name) => row?.[name]);
}

/** @param {any} column */
function nameOf(column) {
  const { label, title, name, key, field } = Object(column);
  return textOf(
    [label, title, name, key, field].find((text) => typeof text === "string") ?? column,
  );
}

/** @param {Table} table */
function tableElement({ header, rows }) {
  const head = header.map((name) => (name ? h("th", {}, name) : h("td")));
  const body = rows.map((row) => h("tr", {}, ...row.map((value) => h("td", {}, textOf(value)))));
  return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...body));
}

/**
 * @param {any} value
 * @param {number} depth
 * @returns {Node}
 */
function valueView(value, depth) {
  const href = webAddress(value);
  if (href) return outsideLink(href, {}, value);
  if (typeof value !== "object" || value === null || depth >= MAX_DEPTH) {
    return new Text(textOf(value));
  }
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object"))
      return new Text(value.map((item) => textOf(item)).join(", "));
    return h("ul", {}, ...value.map((item) => h("li", {}, valueView(item, depth + 1))));
  }
  const list = h("dl");
  for (const [name, item] of Object.entries(value)) {
    if (item === null || item === undefined || (depth === 0 && CAPTIONS.has(name))) continue;
    const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ");
    list.append(h("dt", {}, words), h("dd", {}, valueView(item, depth + 1)));
  }
  return list;
}

/**
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {string}
 */
function textOf(value, depth = 0) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  if (depth > MAX_DEPTH) return "…";
  const parts = Object.entries(value).map(([name, item]) => {
    const text = textOf(item, depth + 1);
    return Array.isArray(value) ? text : `${name}: ${text}`;
  });
  return parts.join(", ");
}
