// PLACEHOLDER
export async function shrink(x) { return x; }
