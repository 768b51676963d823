export const apikey = "a key";
