// The institutions that were read so far, by id: grows at its end when the reader gets there, and
// keeps what it shows until another answer is there.
import { signal } from '@preact/signals';
import { asProblem, type Problem } from '../../api/problem';
import type { Institution } from '../../api/types';

export interface Filter { q: string; territory: string; instance: string }
export interface InstitutionPage { institutions: Institution[]; next: string | null }
export interface InstitutionListState {
  institutions: readonly Institution[];
  next: string | null;
  problem: Problem | null;
  loading: boolean;
  /** Something was read, perhaps nothing found. */
  ready: boolean;
}
type Read = (filter: Filter, cursor: string | null) => Promise<InstitutionPage>;

export class InstitutionList {
  readonly state = signal<InstitutionListState>({ institutions: [], next: null, problem: null, loading: false, ready: false });
  private filter: Filter = { q: '', territory: '', instance: '' };
  private turn = 0;  // an answer that another question has overtaken is dropped

  constructor(private readonly read: Read) {}

  async show(filter: Filter): Promise<void> {
    this.filter = filter;
    await this.fill(1);
  }

  /** As many as are shown, as they are now. */
  async again(): Promise<void> {
    await this.fill(this.state.peek().institutions.length);
  }

  /** The page behind those that are here. */
  async more(): Promise<void> {
    const { institutions, next, loading } = this.state.peek();
    if (loading || next === null) return;
    await this.fill(institutions.length + 1, [...institutions], next);
  }

  // Reads on until there are so many, or no more.
  private async fill(atLeast: number, found: Institution[] = [], from: string | null = null): Promise<void> {
    const mine = ++this.turn;
    this.state.value = { ...this.state.peek(), loading: true };
    let next = from;
    try {
      do {
        const page = await this.read(this.filter, next);
        if (mine !== this.turn) return;
        found.push(...page.institutions);
        next = page.next;
      } while (next !== null && found.length < atLeast);
      this.state.value = { institutions: found, next, problem: null, loading: false, ready: true };
    } catch (error) {
      if (mine === this.turn) this.state.value = { ...this.state.peek(), problem: asProblem(error), loading: false };
    }
  }
}
