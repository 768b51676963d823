// @ts-check
// The looks of the element, in a constructed style sheet: no policy for styles applies to one, and all elements of a
// document share it. Every custom property that a page may set stands in the first rules with its default.

const CSS = `
:host {
  display: grid;
  grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  min-inline-size: min(100%, 18rem);
  color-scheme: light dark;
  background: var(--aiera-chat-background, light-dark(#ffffff, #14181b));
}
/* Inside, where a page's rules do not reach: a rule for all elements applies to the host. */
.frame, .card {
  --_background: var(--aiera-chat-background, light-dark(#ffffff, #14181b));
  --_color: var(--aiera-chat-color, light-dark(#1b2126, #e6eaed));
  --_muted: var(--aiera-chat-muted-color, light-dark(#59636d, #9ba6b0));
  --_border: var(--aiera-chat-border-color, light-dark(#e1e5e9, #2c343b));
  --_surface: var(--aiera-chat-surface, light-dark(#f4f6f7, #1d2328));
  --_accent: var(--aiera-chat-accent-color, light-dark(#0b6655, #62d0b6));
  --_on-accent: var(--aiera-chat-accent-text-color, light-dark(#ffffff, #06231c));
  --_error: var(--aiera-chat-error-color, light-dark(#a4262c, #ff9a94));
  --_radius: var(--aiera-chat-radius, 0.75rem);
  --_gap: var(--aiera-chat-spacing, 1.25rem);
  --_width: var(--aiera-chat-max-width, 46rem);
  --_mono: var(--aiera-chat-mono-font-family, ui-monospace, SFMono-Regular, Menlo, Consolas, monospace);
  --_shadow: var(--aiera-chat-shadow, 0 0 0 1px light-dark(rgb(20 30 40 / 8%), rgb(255 255 255 / 12%)),
    0 8px 28px light-dark(rgb(20 30 40 / 16%), rgb(0 0 0 / 50%)));
  color: var(--_color);
  font-family: var(--aiera-chat-font-family, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  font-size: var(--aiera-chat-font-size, 0.9375rem);
  font-weight: 400;
  font-style: normal;
  line-height: 1.6;
  letter-spacing: normal;
  text-align: start;
  text-transform: none;
  word-spacing: normal;
  -webkit-text-size-adjust: 100%;
}
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
@supports not (color: light-dark(white, black)) {
  :host { background: var(--aiera-chat-background, #ffffff); }
  .frame, .card {
    --_background: var(--aiera-chat-background, #ffffff);
    --_color: var(--aiera-chat-color, #1b2126);
    --_muted: var(--aiera-chat-muted-color, #59636d);
    --_border: var(--aiera-chat-border-color, #e1e5e9);
    --_surface: var(--aiera-chat-surface, #f4f6f7);
    --_accent: var(--aiera-chat-accent-color, #0b6655);
    --_on-accent: var(--aiera-chat-accent-text-color, #ffffff);
    --_error: var(--aiera-chat-error-color, #a4262c);
    --_shadow: var(--aiera-chat-shadow, 0 0 0 1px rgb(20 30 40 / 8%), 0 8px 28px rgb(20 30 40 / 16%));
  }
}
:host([hidden]), [hidden] { display: none !important; }

*, *::before, *::after { box-sizing: border-box; }
p, h1, h2, h3, h4, h5, h6, ul, ol, dl, dd, figure, blockquote, pre { margin: 0; padding: 0; }
button, textarea { font: inherit; color: inherit; letter-spacing: inherit; }
button { cursor: pointer; background: none; border: 0; padding: 0; text-align: inherit; }
a { color: var(--_accent); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
:focus { outline: none; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
.visually-hidden {
  position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; border: 0;
}

.frame {
  container-type: inline-size;
  display: grid;
  grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  block-size: 100%;
  min-block-size: 0;
}
.frame > * { grid-area: 1 / 1; min-block-size: 0; }
.strut {
  block-size: var(--aiera-chat-min-height, min(100svh, 40rem));
  max-block-size: 100%;
  visibility: hidden;
}
.column { display: flex; flex-direction: column; }
.thread { display: flex; flex-direction: column; flex: 1 1 auto; min-block-size: 0; overflow-y: auto; }
.thread[data-fixed] { overscroll-behavior: contain; }
.thread:focus-visible { outline-offset: -2px; }
.content { display: flex; flex-direction: column; flex: 1 0 auto; }
.content.idle { justify-content: center; }
.log, .progress, .greeting, .suggestions, .composer-row, ::slotted([slot="footer"]), ::slotted([slot="header"]) {
  inline-size: 100%;
  max-inline-size: calc(var(--_width) + 2 * var(--_gap));
  margin-inline: auto;
  padding-inline: var(--_gap);
}
.footer {
  position: sticky;
  inset-block-end: 0;
  padding-block-end: var(--_gap);
  background: var(--_background);
}
.footer::before {
  content: ""; position: absolute; inset-inline: 0; inset-block-end: 100%; block-size: 1.25rem; pointer-events: none;
  background: linear-gradient(to top, var(--_background), transparent);
}

.greeting { padding-block: var(--_gap) calc(var(--_gap) * 0.5); font-size: 1.4em; font-weight: 600; letter-spacing: -0.015em; line-height: 1.3; }

.turn { padding-block: calc(var(--_gap) * 1.1); scroll-margin-block-start: 0.5rem; overflow-wrap: break-word; }
.turn + .turn { border-block-start: 1px solid var(--_border); }
.log.long .turn { content-visibility: auto; contain-intrinsic-size: auto 50rem; }
.prompt { font-size: 1.16em; font-weight: 600; line-height: 1.35; letter-spacing: -0.01em; white-space: pre-wrap; text-wrap: pretty; }
.prompt + * { margin-block-start: calc(var(--_gap) * 0.65); }

.prose > * + *, .prose > div > * + *, .prose li > * + *, blockquote > * + *, .card > * + * { margin-block-start: 0.8em; }
.prose h1, .prose h2, .prose h3, .prose h4, .prose h5, .prose h6, .sources > :first-child {
  font-size: 1em; font-weight: 650; line-height: 1.35; letter-spacing: -0.005em;
}
.prose > div > :is(h1, h2, h3, h4, h5, h6):not(:first-child) { margin-block-start: 1.5em; }
.prose > div > :is(h1, h2, h3, h4, h5, h6) + * { margin-block-start: 0.45em; }
.prose ul, .prose ol { padding-inline-start: 1.4em; }
.prose ul ul, .prose ol ol, .prose ul ol, .prose ol ul { margin-block-start: 0.3em; }
.prose li + li { margin-block-start: 0.35em; }
.prose li::marker { color: var(--_muted); font-variant-numeric: tabular-nums; }
.prose li.task { list-style: none; margin-inline-start: -1.2em; }
.prose strong { font-weight: 650; }
.prose hr { border: 0; border-block-start: 1px solid var(--_border); }
.prose blockquote { padding-inline-start: 1em; border-inline-start: 2px solid var(--_border); color: var(--_muted); }
.prose code { font-family: var(--_mono); font-size: 0.88em; padding: 0.1em 0.35em; border-radius: 0.3em; background: var(--_surface); }
.prose pre code { padding: 0; background: none; }
.prose pre { padding: 0.8em 1em; border-radius: calc(var(--_radius) * 0.6); background: var(--_surface); line-height: 1.5; tab-size: 4; }
.image { font-style: italic; color: var(--_muted); }

figure { inline-size: fit-content; max-inline-size: 100%; }
figure.code { inline-size: 100%; }
figcaption { margin-block-end: 0.4em; color: var(--_muted); font-size: 0.86em; font-weight: 600; }
.scroll-frame { position: relative; }
.scroll { overflow-x: auto; overscroll-behavior-x: contain; }
.scroll:focus-visible { outline-offset: -2px; }
.scroll-frame::after {
  content: ""; position: absolute; inset-block: 0; inset-inline-end: 0; inline-size: 2.5rem; pointer-events: none;
  background: linear-gradient(to right, transparent, var(--_background)); opacity: 0; transition: opacity 0.15s;
}
.scroll-frame:dir(rtl)::after { transform: scaleX(-1); }
.scroll-frame.more-after::after { opacity: 1; }
table { border-collapse: separate; border-spacing: 0; line-height: 1.4; font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: 0.4em 1.4em 0.4em 0; text-align: start; vertical-align: baseline; white-space: nowrap; border-block-end: 1px solid var(--_border); }
th { color: var(--_muted); font-size: 0.9em; font-weight: 600; vertical-align: bottom; }
tbody tr:last-child > * { border-block-end: 0; }
th:last-child, td:last-child { padding-inline-end: 0.2em; }
.long { white-space: normal; min-inline-size: 16rem; max-inline-size: 26rem; }
.number { text-align: end; }
[align="right"] { text-align: end; }
[align="center"]:not(.number) { text-align: center; }
tr > :first-child:not(:only-child) { position: sticky; inset-inline-start: 0; background: var(--_background); }
tr > .long:first-child { min-inline-size: 9rem; max-inline-size: 14rem; }
.more-before tr > :first-child { box-shadow: 6px 0 8px -6px light-dark(rgb(20 30 40 / 25%), rgb(0 0 0 / 70%)); }
.table > .action { margin-block-start: 0.35em; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.3em 1.2em; }
dt { color: var(--_muted); }

.citations { margin-inline-start: 0.25em; white-space: nowrap; }
.citation {
  position: relative;
  padding: 0.12em 0.42em;
  border: 1px solid transparent;
  border-radius: 0.5em;
  background: color-mix(in srgb, var(--_accent) 10%, var(--_background));
  color: var(--_accent);
  font-size: 0.76em;
  font-weight: 600;
  line-height: 1.35;
  font-variant-numeric: tabular-nums;
  vertical-align: 0.1em;
}
.citation + .citation { margin-inline-start: 0.3em; }
.citation::after { content: ""; position: absolute; inset: -0.45em -0.1em; }
.citation:hover, .citation[aria-expanded="true"] { background: var(--_accent); color: var(--_on-accent); }
.citation:focus-visible { outline-offset: 1px; }

.card {
  position: fixed;
  inset: auto;
  z-index: 2147483647;
  inline-size: min(var(--aiera-chat-card-width, 22rem), calc(100vw - 1rem));
  margin: 0;
  padding: 0.9rem 1rem;
  overflow: auto;
  border: 0;
  border-radius: var(--_radius);
  background: var(--_background);
  color: var(--_color);
  box-shadow: var(--_shadow);
  font-size: calc(var(--aiera-chat-font-size, 0.9375rem) * 0.93);
  line-height: 1.5;
  overflow-wrap: break-word;
}
.card > * + * { margin-block-start: 0.55em; }
.card-head { display: flex; gap: 0.6em; align-items: baseline; font-size: 0.86em; color: var(--_muted); }
.card-label { color: var(--_accent); font-weight: 650; font-variant-numeric: tabular-nums; }
.card-head + .card-source { margin-block-start: 0.15em; font-weight: 600; line-height: 1.4; }
.card blockquote { padding-inline-start: 0.8em; border-inline-start: 2px solid var(--_accent); }
.card-quiet { color: var(--_muted); font-size: 0.93em; }
.card-quiet span { white-space: nowrap; }
.card-source + .card-quiet { margin-block-start: 0.1em; }

.sources { margin-block-start: calc(var(--_gap) * 1.2); padding-block-start: calc(var(--_gap) * 0.7); border-block-start: 1px solid var(--_border); font-size: 0.93em; }
.sources > :first-child { color: var(--_muted); font-size: 0.93em; font-weight: 600; }
.sources ul { list-style: none; margin-block-start: 0.45em; }
.sources li { display: flex; gap: 0.2em 0.9em; align-items: baseline; justify-content: space-between; padding-block: 0.22em; }
.sources li .citations { flex: none; max-inline-size: 50%; margin: 0; white-space: normal; text-align: end; }
.source-text { min-inline-size: 0; }
.source-name a { color: inherit; text-decoration-color: var(--_border); }
.source-name a:hover { color: var(--_accent); text-decoration-color: currentColor; }
.source-facts { color: var(--_muted); font-variant-numeric: tabular-nums; }
summary { inline-size: fit-content; margin-block-start: 0.5em; color: var(--_muted); cursor: pointer; border-radius: 0.3em; }
summary .count { font-variant-numeric: tabular-nums; }

.actions { display: flex; flex-wrap: wrap; gap: 0.2em 1.1em; margin-block-start: calc(var(--_gap) * 0.6); }
.action { color: var(--_muted); font-size: 0.86em; line-height: 1.7; border-radius: 0.3em; }
.action:hover { color: var(--_accent); text-decoration: underline; text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
.action.done { color: var(--_accent); }
.action.done::after { content: " ✓"; }
.action.strong { flex: none; padding: 0.3em 0.9em; border: 1px solid var(--_border); border-radius: 999px; color: var(--_color); font-weight: 550; background: var(--_background); }
.action.strong:hover { border-color: var(--_accent); color: var(--_accent); text-decoration: none; }

.notice { display: flex; flex-wrap: wrap; gap: 0.6em 1em; align-items: center; justify-content: space-between; color: var(--_muted); }
.notice.error { padding: 0.7em 1em; border-radius: calc(var(--_radius) * 0.7); background: color-mix(in srgb, var(--_error) 8%, var(--_background)); color: var(--_error); }
.log > .notice { margin-block: var(--_gap); }

.progress { display: flex; gap: 0.7em; align-items: baseline; padding-block-end: var(--_gap); color: var(--_muted); }
.log:empty + .progress { padding-block-start: var(--_gap); }
.progress-text { min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.time { font-variant-numeric: tabular-nums; }
.pulse { flex: none; align-self: center; inline-size: 0.5em; block-size: 0.5em; border-radius: 50%; background: var(--_accent); }
.progress .action { flex: none; font-size: 0.93em; text-decoration: underline; text-underline-offset: 0.2em; text-decoration-thickness: 1px; text-decoration-color: var(--_border); }
@media (prefers-reduced-motion: no-preference) {
  .pulse { animation: pulse 1.4s ease-in-out infinite; }
}
@keyframes pulse { 50% { opacity: 0.25; } }

.suggestions { display: flex; flex-wrap: wrap; gap: 0.5em; padding-block: calc(var(--_gap) * 0.5) var(--_gap); }
.suggestion { padding: 0.4em 0.9em; border: 1px solid var(--_border); border-radius: 1.2em; background: var(--_background); line-height: 1.4; }
.suggestion:hover { border-color: var(--_accent); color: var(--_accent); }

.composer {
  display: flex;
  align-items: flex-end;
  gap: 0.4em;
  padding: 0.4em;
  border: 1px solid color-mix(in srgb, var(--_muted) 75%, var(--_background));
  border-radius: var(--_radius);
  background: var(--_background);
}
.composer:focus-within { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }
.input {
  flex: 1;
  min-inline-size: 0;
  min-block-size: 2.2em;
  max-block-size: 12em;
  padding: 0.3em 0.5em;
  border: 0;
  background: none;
  resize: none;
  line-height: 1.6;
  field-sizing: content;
}
.input:focus-visible { outline: none; }
.input::placeholder { color: var(--_muted); opacity: 1; }
.submit { flex: none; display: grid; place-items: center; inline-size: 2.2em; block-size: 2.2em; border-radius: calc(var(--_radius) * 0.7); background: var(--_accent); color: var(--_on-accent); }
.submit[aria-disabled="true"] { background: var(--_surface); color: var(--_muted); cursor: default; }
svg { inline-size: 1.1em; block-size: 1.1em; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }

@container (max-width: 30rem) {
  .log, .progress, .greeting, .suggestions, .composer-row { --_gap: min(var(--aiera-chat-spacing, 1.25rem), 1rem); }
  .footer { padding-block-end: min(var(--_gap), 0.75rem); }
  .sources li { display: block; }
  .sources li .citations { margin-inline-start: 0.4em; }
  tr > :first-child:not(:only-child) { white-space: normal; min-inline-size: 6rem; max-inline-size: 42cqi; }
}
@media (forced-colors: active) {
  .citation, .submit, .notice.error { border: 1px solid; }
  .pulse { background: Highlight; }
}
@media print {
  .footer, .progress, .actions, .table > .action { display: none; }
  .thread { overflow: visible; }
}
`;

/** A constructed style sheet belongs to the document that constructed it. @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = /* @__PURE__ */ new WeakMap();

/** @param {ShadowRoot} root */
export function adoptStyles(root) {
  const { ownerDocument } = root;
  let sheet = sheets.get(ownerDocument);
  if (!sheet) {
    const { CSSStyleSheet: Sheet } = ownerDocument.defaultView ?? window;
    sheet = new Sheet();
    sheet.replaceSync(CSS);
    sheets.set(ownerDocument, sheet);
  }
  root.adoptedStyleSheets = [sheet];
}
