// What was read so far of a list that the API gives in pages: grows at its end when the reader gets
// there, and keeps what it shows until another answer is there.
import { signal } from '@preact/signals';
import { asProblem, type Problem } from '../api/problem';

export interface Paged<Item> { items: Item[]; next: string | null }
export interface PagedState<Item> {
  items: readonly Item[];
  next: string | null;
  problem: Problem | null;
  loading: boolean;
  /** Something was read, perhaps nothing found. */
  ready: boolean;
}
type Read<Item, Filter> = (filter: Filter, cursor: string | null) => Promise<Paged<Item>>;

export class PagedList<Item, Filter> {
  readonly state = signal<PagedState<Item>>({ items: [], next: null, problem: null, loading: false, ready: false });
  private turn = 0;  // an answer that another question has overtaken is dropped

  constructor(private readonly read: Read<Item, Filter>, private filter: Filter) {}

  async show(filter: Filter): Promise<void> {
    this.filter = filter;
    await this.fill(1);
  }

  /** As many as are shown, as they are now. */
  async again(): Promise<void> {
    await this.fill(this.state.peek().items.length);
  }

  /** The page behind those that are here. */
  async more(): Promise<void> {
    const { items, next, loading } = this.state.peek();
    if (loading || next === null) return;
    await this.fill(items.length + 1, [...items], next);
  }

  // Reads on until there are so many, or no more.
  private async fill(atLeast: number, found: Item[] = [], from: string | null = null): Promise<void> {
    const mine = ++this.turn;
    this.state.value = { ...this.state.peek(), loading: true };
    let next = from;
    try {
      do {
        const page = await this.read(this.filter, next);
        if (mine !== this.turn) return;
        found.push(...page.items);
        next = page.next;
      } while (next !== null && found.length < atLeast);
      this.state.value = { items: found, next, problem: null, loading: false, ready: true };
    } catch (error) {
      if (mine === this.turn) this.state.value = { ...this.state.peek(), problem: asProblem(error), loading: false };
    }
  }
}
