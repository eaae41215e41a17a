/** One mistake in what was sent: `path` names the field ("roles[2].role"), `what` says what is wrong. */
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
    return this.faults.filter((fault) => topOf(fault) === field)
      .map((fault) => fault.what).join(' ');
  }
}

/** The top-level field that a fault is about. */
export function topOf(fault: Fault): string {
  return fault.path.split(/[.[]/)[0] ?? '';
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, 'unavailable', error instanceof Error ? error.message : String(error));
}
