// A settings module that is passed as options.
export const apiKey = "a key";
export const baseUrl = process.env.AIERA_BASE_URL;
export const maxRetries = 2;
