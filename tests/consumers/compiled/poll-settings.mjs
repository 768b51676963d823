export const intervalMs = 20;
export const timeoutMs = 10_000;
