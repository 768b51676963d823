// A settings module, handed over as a whole.
export const apiKey = "a key";
export const baseUrl = process.env.AIERA_BASE_URL;
export const maxRetries = 2;
