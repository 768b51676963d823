import type { Citation, Message, Session, Source } from "./index.js";

/** A citation of an answer: the citation as the server sent it, with its label and its position. */
export interface AnswerCitation extends Citation {
  /**
   * The label that Aiera's pages show, such as `T1` or `T1.2`: a letter for the type of the source, the number of the
   * source, and from the second citation of one source on a second number. Labels are counted through the whole
   * conversation, so a later turn does not change them.
   *
   * `A` attachment, `Co` company, `E` event, `F` filing, `M` market index, `N` news, `R` research, `S` sector, `Su` subsector,
   * `T` transcript, `W` watchlist, `X` external, `?` any other type.
   */
  readonly label: string;
  /** The position in {@link Answer.citations}, from 1: in the order of first use in the text, unused citations last. */
  readonly index: number;
}

/** A piece of an answer's text between two markers. */
export interface TextSegment {
  /** Markdown. It is untrusted: sanitize the HTML that you render from it. */
  readonly text: string;
  readonly citations?: undefined;
  readonly marker?: undefined;
}

/** A marker in an answer's text. */
export interface MarkerSegment {
  /** The citations that the marker refers to, in its order; at least one. */
  readonly citations: readonly AnswerCitation[];
  /** The marker in the text, such as `[c1]`, `[c1, c2]` or `[transcript_12]`. */
  readonly marker: string;
  readonly text?: undefined;
}

/**
 * A piece of an answer's text: either text or a marker.
 *
 * @example
 * ```ts
 * for (const segment of answer.segments()) {
 *   if (segment.citations) showChips(segment.citations);
 *   else showText(segment.text);
 * }
 * ```
 */
export type Segment = TextSegment | MarkerSegment;

/** A step of the assistant's work. */
export interface TurnStatus {
  id?: number | string | null;
  /** A sentence such as "Reading the transcript". */
  content?: string | null;
  created_at?: string | null;
  [field: string]: unknown;
}

/** A prompt of a session with the answer to it. */
export interface Turn {
  /** The text of the prompt; empty if the session does not list the prompt. */
  readonly prompt: string;
  /** The id of the prompt message. */
  readonly promptId?: number;
  /** Absent while there is no response, and for a turn that was cancelled or failed. */
  readonly answer?: Answer;
  /** The steps of the assistant's work, oldest first: status messages, and the `statuses` of the turn's messages. */
  readonly statuses: readonly TurnStatus[];
}

/** Options of {@link answerOf}. `null` means absent. */
export interface AnswerOptions {
  /**
   * The id of a prompt message, from 1 to 2**53-1: selects the answer to that prompt.
   * @defaultValue the session's last prompt
   */
  promptId?: number | bigint | string | null | undefined;
}

/** Options of {@link Answer.toMarkdown} and {@link Answer.toPlainText}. `null` means absent. */
export interface AnswerMarkdownOptions {
  /**
   * The form of the citations:
   *
   * - `"footnotes"`: a footnote for each citation in the text, `[^T1]`
   * - `"links"`: a link to the address of the citation, `[[T1](https://…)]`; only the label, `[T1]`, if the address is not
   *   `http(s)`
   * - `"markers"`: the markers as they were sent, `[c1]`
   * - `"none"`: no citations; the text around the markers is unchanged
   *
   * Markers in code, and markers that resolve to no citation, are unchanged.
   * @defaultValue `"footnotes"`
   */
  citations?: "footnotes" | "links" | "markers" | "none" | null | undefined;
  /**
   * Whether a citation is shown by its label, `T1.2`, or by its index, `3`.
   * @defaultValue `"typed"`
   */
  labels?: "typed" | "numbers" | null | undefined;
}

/** The plain data of an answer: its fields, without the session. */
export interface AnswerData {
  text: string;
  citations: AnswerCitation[];
  sources: Source[];
  message: Message;
  sessionId: number;
  promptId?: number;
}

/**
 * A response of a session, with its citations resolved. Created by {@link answerOf} and {@link turnsOf}.
 *
 * @example
 * ```ts
 * const answer = answerOf(session);
 * console.log(answer?.toMarkdown({ citations: "links" }));
 * ```
 */
export declare class Answer {
  private constructor();
  /**
   * The text as it was sent: Markdown with citation markers; its blocks are joined by a blank line. It is untrusted: sanitize
   * the HTML that you render from it.
   */
  readonly text: string;
  /** The citations in the order of first use in the text; those that the text does not use come last. */
  readonly citations: readonly AnswerCitation[];
  /** The sources that the response lists as considered, cited or not. */
  readonly sources: readonly Source[];
  /** The response, as the server sent it. */
  readonly message: Message;
  /** The session that holds the response, as the server sent it. */
  readonly session: Session;
  /** The id of the session. */
  readonly sessionId: number;
  /** The id of the prompt message that this is the answer to. */
  readonly promptId?: number;
  /**
   * The text, split at its markers. The segments add up to the text. A marker in code, or one that resolves to no citation,
   * is part of the text around it.
   */
  segments(): Segment[];
  /**
   * The text as Markdown, with its markers replaced by footnotes or links.
   *
   * @throws AieraChatError `invalid_argument`
   */
  toMarkdown(options?: AnswerMarkdownOptions | null): string;
  /**
   * As {@link Answer.toMarkdown}, without the syntax of Markdown. Links become "text (address)"; lists and table rows are
   * unchanged.
   *
   * @throws AieraChatError `invalid_argument`
   */
  toPlainText(options?: AnswerMarkdownOptions | null): string;
  /** The fields of the answer as plain data, without the session. */
  toJSON(): AnswerData;
}

/**
 * The answer to the last prompt of a session, or to the prompt with the id `promptId`. `undefined` if it has no response,
 * so that a follow-up never shows the previous answer. Synchronous; does not load the WebAssembly module.
 *
 * @example
 * ```ts
 * const session = await chat.getSession(id, { includeMessages: true });
 * console.log(answerOf(session)?.text);
 * ```
 *
 * @throws AieraChatError `invalid_argument`
 */
export declare function answerOf(
  session: Session | null | undefined,
  options?: AnswerOptions | null,
): Answer | undefined;

/**
 * The turns of a session, oldest first: each prompt with its answer, if there is one. Of several responses to a prompt, the
 * last one counts. Synchronous; does not load the WebAssembly module.
 *
 * @example
 * ```ts
 * for (const { prompt, answer } of turnsOf(session)) console.log(prompt, answer?.toPlainText());
 * ```
 */
export declare function turnsOf(session: Session | null | undefined): Turn[];
