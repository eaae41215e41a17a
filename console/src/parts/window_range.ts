const beyond = 12;  // rows kept above and below what is seen

/** Which rows of a list to keep when it is seen from `top` to `bottom`, in pixels. Pure. */
export function rangeOf(top: number, bottom: number, height: number, length: number): [number, number] {
  const until = Math.max(0, Math.min(length, Math.ceil(bottom / height) + beyond));
  const from = Math.min(until, Math.max(0, Math.floor(top / height) - beyond));
  return [from, until];
}
