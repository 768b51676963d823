// @ts-check
// Syntax highlighting for the three languages of the page. A token is a span with a class; all else is text.

/** @typedef {"js" | "html" | "http"} Language */

const STRING = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|${"`"}(?:\\.|[^${"`"}\\])*${"`"}`;

/** Each group is a kind of token. @type {Record<Language, RegExp>} */
const TOKENS = {
  js: new RegExp(
    String.raw`(?<comment>\/\/.*)|(?<string>${STRING})|` +
      String.raw`(?<keyword>\b(?:import|from|const|await|async|new|try|catch|throw|return|if|null|true|false)\b)|` +
      String.raw`(?<number>-?\b\d[\d_.]*\b)|(?<name>\b[a-zA-Z_$][\w$]*(?=\())`,
    "g",
  ),
  html: /(?<comment><!--[^]*?-->)|(?<keyword><\/?[a-z-]+|>)|(?<name>\b[a-z-]+(?==))|(?<string>"[^"]*")/g,
  http: new RegExp(
    String.raw`(?<keyword>^(?:GET|POST|PATCH|DELETE|HTTP)\b)|(?<name>^[a-z-]+(?=: )|"(?:\\.|[^"\\])*"(?=: ))|` +
      String.raw`(?<string>"(?:\\.|[^"\\])*")|(?<number>(?<=[\s:[])-?\d[\d.]*\b|\b(?:null|true|false)\b)`,
    "gm",
  ),
};

/**
 * @param {string} code
 * @param {Language} language
 */
export function highlight(code, language) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of code.matchAll(TOKENS[language])) {
    const [kind] = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined) ?? [];
    const token = document.createElement("span");
    token.className = `token-${kind}`;
    token.textContent = match[0];
    fragment.append(code.slice(end, match.index), token);
    end = match.index + match[0].length;
  }
  fragment.append(code.slice(end));
  return fragment;
}
