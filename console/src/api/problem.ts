/** One mistake in what was sent: `path` names the field ("roles/0/role"), `what` says what is wrong. */
export interface Fault {
  path: string;
  what: string;
}

/** An answer that is not the wanted one, as RFC 9457 tells it, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly faults: Fault[] = [],
    readonly codeRequired = false,
    readonly retryAfter: number | null = null,
  ) {
    super(detail || title);
  }

  /** What is wrong with this field; empty when nothing is. */
  about(field: string): string {
    return this.faults.filter((fault) => fault.path.split(/[./]/)[0] === field || fault.path.replace(/^\//, '') === field)
      .map((fault) => fault.what).join(' ');
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, 'unavailable', error instanceof Error ? error.message : String(error));
}
