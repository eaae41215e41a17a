// A table that somebody chose or pasted, before it is sent.
export interface TableText { name: string; text: string }

export const mostBytes = 16 * 1024 * 1024;

/** The text of a file; nothing when it is not in UTF-8. */
export async function textOf(file: Blob): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return null;
  }
}

/** Rows below the header, as far as lines tell; the hub counts what it reads. */
export function linesBelowHeader(text: string): number {
  return Math.max(0, text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').length - 1);
}
