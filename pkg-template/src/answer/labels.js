// @ts-check
// Labels of citations: `T1` is the first transcript that a conversation cites, `T1.2` its second citation.

import { textOf } from "./fields.js";

/** The source types, each followed by the letters that Aiera's pages show for it. */
const LETTERS =
  ",attachmentA,companyCo,eventE,externalX,filingF,market_indexM,newsN,researchR,sectorS,subsectorSu,transcriptT,watchlistW";

/**
 * The label of a conversation's next citation.
 *
 * @param {any} citation
 * @param {Record<string, any>} counts  the state of the conversation: its sources by name, and their number by letter
 */
export const nextLabel = (citation, counts) => {
  const type = textOf(citation.source?.type);
  const [letter] = LETTERS.split("," + type)[1]?.match(/^[A-Z][ou]?/) ?? "?";
  const source = (counts["/" + sourceName(citation)] ??= {
    label: letter + (counts[letter] = (counts[letter] ?? 0) + 1),
    uses: 0,
  });
  return source.label + (source.uses++ ? "." + source.uses : "");
};

/**
 * The name of a citation's source in markers, such as `market_index_5`. The address replaces an absent id.
 *
 * @param {any} citation
 */
export const sourceName = ({ source, url }) =>
  `${textOf(source?.type)}_${textOf(source?.id ?? url)}`;
