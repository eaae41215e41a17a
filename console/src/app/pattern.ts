/** "/instances/:id" on "/instances/x" gives {id: "x"}; nothing when it is another place. Pure. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/'), given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const text = given[i] ?? '';
    if (part.startsWith(':')) {
      if (text === '') return null;
      try {
        found[part.slice(1)] = decodeURIComponent(text);
      } catch {
        return null;
      }
    } else if (part !== text) {
      return null;
    }
  }
  return found;
}
