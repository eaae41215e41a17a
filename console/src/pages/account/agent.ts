/** "Firefox 140 · Linux" of a User-Agent, or the text itself. Pure. */
export function agentName(agent: string): string {
  const browser = /(Firefox|Edg|Chrome|Version)\/(\d+)/.exec(agent);
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[1];
  if (!browser) return agent.slice(0, 60);
  const names: Record<string, string> = { Edg: 'Edge', Version: 'Safari' };
  return `${names[browser[1] ?? ''] ?? browser[1]} ${browser[2]}${system ? ` · ${system}` : ''}`;
}
