// @ts-check
// What can be told from the platform's own error about a request that got no answer.

/** Error codes (of Node's sockets, resolver and TLS, of undici and Bun) that are given before a request leaves. */
const UNSENT_CODE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETDOWN|ENETUNREACH|EHOSTDOWN|EHOSTUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** What Deno and Cloudflare say, which give no code. */
const UNSENT_WORDS =
  /tcp connect error|dns error|client error \(Connect\)|Network connection refused/;

/**
 * Whether a request that failed like this surely never left: no connection was made, so that nothing can have been carried
 * out. Browsers do not say, to keep pages from learning about the network.
 * @param {string | undefined} code
 * @param {string} message
 */
export function neverLeft(code, message) {
  return UNSENT_CODE.test(code ?? "") || UNSENT_WORDS.test(message);
}
