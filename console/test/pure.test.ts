// The pure parts: filters, lanes, differences, lists, words, codes.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccountAsset, Entry, Indicator, Notice, Row, SeriesPoint, Telling, VerdictInterval } from '../src/api/types';
import { Problem } from '../src/api/problem';
import { search } from '../src/app/search';
import { match } from '../src/app/pattern';
import { arrange } from '../src/pages/instances_filter';
import { agentName } from '../src/pages/account/agent';
import { changesOf } from '../src/pages/configuration/changes';
import { columns } from '../src/pages/instance/columns';
import { spansOf } from '../src/pages/instance/spans';
import { arranged, standingOf } from '../src/pages/customer/standing';
import { linesOf } from '../src/pages/customers/lines';
import { linesBelowHeader, textOf } from '../src/pages/customers/table_text';
import { EntryList, merge } from '../src/pages/ledger/entry_list';
import { bodyOf, faultsOf, type Draft } from '../src/pages/note/draft';
import { threadOf } from '../src/pages/notice/thread';
import { withHeadings } from '../src/pages/notices/notice_pages';
import { indexAt, offsetOf, rangeOf } from '../src/parts/window_range';
import { encode } from '../src/qr/encode';
import { PagedList } from '../src/state/paged_list';
import { count, fill, say, speak } from '../src/words/catalogue';
import { duration, took } from '../src/words/time';
import { localIn, momentIn } from '../src/words/zoned';

const row = (id: string, indicator: Indicator, more: Partial<Row> = {}): Row => ({
  id, name: id.toUpperCase(), territory: 'emea', data_center: 'a', product: 'catalog', tenancy: 'multi', environment: 'production', indicator, cause: 'measured',
  since: '2026-11-22T06:00:00Z', details: '', measured: 'normal', declared: null, contradiction: false, ...more,
});

describe('instances', () => {
  const rows = [row('b', 'normal', { territory: 'apac' }), row('a', 'normal'), row('c', 'interruption', { details: 'Zürich is down' })];
  const ids = (query: string, states: string[] = []) => arrange(rows, query, states, 'none').map((line) => (line.kind === 'row' ? line.row.id : ''));

  test('come worst first, then by name', () => assert.deepEqual(ids(''), ['c', 'a', 'b']));
  test('are found by every word, without accents and case', () => {
    assert.deepEqual(ids('zurich DOWN'), ['c']);
    assert.deepEqual(ids('zurich up'), []);
  });
  test('are filtered by several states at once', () => assert.deepEqual(ids('', ['interruption', 'performance']), ['c']));
  test('stand under the heading of their group', () => {
    const lines = arrange(rows, '', [], 'territory').map((line) => (line.kind === 'row' ? line.row.id : `${line.name} ${line.size}`));
    assert.deepEqual(lines, ['apac 1', 'b', 'emea 2', 'c', 'a']);
  });
});

describe('the window of a long list', () => {
  test('holds what is seen and a little more, whatever the length', () => {
    const even = { row: 44, heading: 44, headings: [] };
    assert.deepEqual(rangeOf(0, 900, even, 10_000), [0, 33]);
    assert.deepEqual(rangeOf(44_000, 44_900, even, 10_000), [988, 1033]);
    assert.deepEqual(rangeOf(439_000, 440_000, even, 10_000), [9965, 10_000]);
  });
  test('is never outside of the list', () => {
    assert.deepEqual(rangeOf(-500, 400, { row: 44, heading: 44, headings: [] }, 0), [0, 0]);
    const [from, until] = rangeOf(100_000, 100_900, { row: 44, heading: 30, headings: [0, 2] }, 3);
    assert.ok(from <= 3 && until <= 3 && from <= until);
  });
  test('counts headings with their own height', () => {
    const heights = { row: 90, heading: 40, headings: [0, 3, 50] };
    assert.deepEqual([0, 1, 3, 4, 50, 51].map((index) => offsetOf(index, heights)), [0, 40, 220, 260, 4400, 4440]);
    for (const index of [0, 1, 2, 3, 4, 49, 50, 51, 60]) {
      assert.equal(Math.floor(indexAt(offsetOf(index, heights) + 1, heights)), index);
    }
    assert.deepEqual(rangeOf(4400, 4440, heights, 100), [38, 63]);
  });
});

describe('verdicts as parts of a bar', () => {
  const at = (hour: number) => new Date(Date.UTC(2026, 10, 22, hour)).toISOString();
  const one = (from: number, until: number | null): VerdictInterval => ({
    check: 'web', layer: 'service', verdict: 'interruption', from: at(from), until: until === null ? null : at(until), reason: '', saw: '', more: 0,
  });

  test('are cut at the window', () => {
    const spans = spansOf([one(10, null), one(0, 6)], Date.parse(at(4)), Date.parse(at(12)));
    assert.deepEqual(spans.map((span) => [span.start, span.width, span.open]), [[0.75, 0.25, true], [0, 0.25, false]]);
  });
  test('outside the window are left out', () => assert.deepEqual(spansOf([one(0, 3)], Date.parse(at(4)), Date.parse(at(12))), []));
});

describe('the chart of phases', () => {
  const point = (minute: number, phase: number | null): SeriesPoint => ({
    at: new Date(Date.UTC(2026, 10, 22, 6, minute)).toISOString(), count: 1, failed: phase === null ? 1 : 0, cannot_tell: 0, mean_us: phase, p95_us: phase, max_us: phase,
    phases: { resolve_us: phase, connect_us: phase, tls_us: null, first_byte_us: phase, transfer_us: null },
  });

  test('stacks them, with a gap where nothing was probed or nothing passed', () => {
    const { data, stacked } = columns([point(0, 10), point(1, 20), point(4, 30), point(5, null)], 60_000_000);
    assert.equal(stacked, true);
    assert.equal(data[0].length, 5);  // one more for the gap
    assert.deepEqual(data[1], [30, 60, null, 90, null]);  // all phases
    assert.deepEqual(data[5], [10, 20, null, 30, null]);  // the first one alone
    assert.deepEqual(data[6], [10, 20, null, 30, null]);  // the 95th percentile
  });
});

describe('differences of the configuration', () => {
  test('name the members that changed, deeply', () => {
    assert.deepEqual(changesOf({ before: '{"every":"10s","options":{"target":"a"}}', after: '{"every":"5s","options":{"target":"a"}}' }), [{ member: 'every', before: '10s', after: '5s' }]);
    assert.deepEqual(changesOf({ before: '', after: '{"options":{"target":"a"},"vantages":[]}' }), [
      { member: 'options.target', before: null, after: 'a' }, { member: 'vantages', before: null, after: '[]' }]);
  });
});

describe('the list of entries', () => {
  const entry = (index: number): Entry => ({ index, time: '', id: String(index), type: 'a.b', object: 'o', class: 'open', withheld: false, payload: null });
  const ledger = (size: () => number) => (before: number | undefined, limit: number) => {
    const end = Math.min(before ?? size(), size());
    return Promise.resolve(Array.from({ length: Math.min(limit, end) }, (_, i) => entry(end - 1 - i)));
  };

  test('reaches the first entry in steps, each entry once', async () => {
    const list = new EntryList(ledger(() => 450));
    for (let i = 0; i < 5; i += 1) await list.more();
    const { entries, complete } = list.state.value;
    assert.equal(complete, true);
    assert.deepEqual([entries.length, entries[0]?.index, entries.at(-1)?.index], [450, 449, 0]);
  });

  test('grows at its beginning, and begins anew after a long silence', async () => {
    let size = 100;
    const list = new EntryList(ledger(() => size));
    await list.more();
    size = 103;
    await list.newer();
    assert.deepEqual([list.state.value.entries.length, list.state.value.entries[0]?.index], [103, 102]);
    size = 10_000;
    await list.newer();
    assert.deepEqual([list.state.value.entries[0]?.index, list.state.value.entries.length, list.state.value.complete], [9999, 50, false]);
  });

  test('keeps what it has and says why when reading fails', async () => {
    const list = new EntryList(() => Promise.reject(new Problem(503, 'unavailable', 'no disk')));
    await list.more();
    assert.equal(list.state.value.problem?.detail, 'no disk');
    assert.deepEqual(merge([entry(2), entry(1)], [entry(1), entry(0)]).map((each) => each.index), [2, 1, 0]);
  });
});

describe('words', () => {
  test('a value that looks like a placeholder stays what it is', () => assert.equal(fill('{a} {b} {c}', { a: '{b}', b: 'x' }), '{b} x {c}'));

  test('count by the rules of each language', async () => {
    assert.equal(count('console.instances.found', 1), 'One instance');
    assert.equal(count('console.instances.found', 1234), '1,234 instances');
    await speak('he');
    assert.equal(count('console.instances.found', 2), 'שני מופעים');
    assert.equal(say('console.ledger.title'), 'יומן');
    await speak('en');
  });

  test('durations have two units at most and never round up', () => {
    assert.deepEqual([59_999, 60_000, 3_600_000, 5_400_000, 90_000_000].map(duration), ['59 s', '1 min', '1 h', '1 h 30 min', '1 d 1 h']);
    assert.deepEqual([950, 12_345, 2_500_000].map(took), ['0.95 ms', '12.3 ms', '2.5 s']);
  });
});

describe('the palette', () => {
  const command = (name: string, hint = '') => ({ id: name, name, hint, run: () => undefined });
  test('finds by every word, beginnings first', () => {
    const found = search([command('All catalogs'), command('Catalog EU01', 'catalog-eu01'), command('Ledger')], 'cat');
    assert.deepEqual(found.map((each) => each.name), ['Catalog EU01', 'All catalogs']);
    assert.deepEqual(search([command('Catalog EU01', 'catalog-eu01')], 'eu01 cat').length, 1);
  });
});

describe('addresses', () => {
  test('give their parts, decoded', () => assert.deepEqual(match('/instances/:id/:check', '/instances/a%2Fb/web'), { id: 'a/b', check: 'web' }));
  test('of another shape or broken are not taken', () => {
    for (const path of ['/instances', '/instances/', '/instances/%/web', '/other/a/b']) assert.equal(match('/instances/:id/:check', path), null, path);
  });
});

describe('a problem', () => {
  test('is told beside the field it concerns, lists by their name', () => {
    const problem = new Problem(400, 'invalid', '', [{ path: 'roles[2].role', what: 'is none of …' }, { path: 'name', what: 'is empty' }]);
    assert.equal(problem.about('roles'), 'is none of …');
    assert.equal(problem.about('name'), 'is empty');
    assert.equal(problem.about('role'), '');
  });
});

describe('small things', () => {
  test('browsers are named', () => assert.equal(agentName('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'), 'Chrome 140 · Linux'));

  test('a QR code has its three corners, its timing line, and room for an otpauth URI', () => {
    const code = encode('otpauth://totp/Nocturn:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Nocturn');
    const size = code.length;
    assert.equal((size - 17) % 4, 0);
    for (const [x, y] of [[0, 0], [size - 7, 0], [0, size - 7]] as const) {
      const corner = Array.from({ length: 7 }, (_, i) => code[y + i]?.slice(x, x + 7).map(Number).join('')).join(' ');
      assert.equal(corner, '1111111 1000001 1011101 1011101 1011101 1000001 1111111');
    }
    assert.deepEqual(code[6]?.slice(8, size - 8).map(Number), Array.from({ length: size - 16 }, (_, i) => (i + 1) % 2));
    assert.throws(() => encode('x'.repeat(300)));
  });
});

describe('clocks of a place', () => {
  const berlin = 'Europe/Berlin';
  test('show a moment, summer and winter', () => {
    assert.equal(localIn(berlin, '2026-11-22T09:30:00Z'), '2026-11-22T10:30');
    assert.equal(localIn(berlin, '2026-07-01T22:30:00Z'), '2026-07-02T00:30');
    assert.equal(momentIn(berlin, '2026-11-22T10:30'), '2026-11-22T09:30:00Z');
    assert.equal(momentIn('Asia/Kolkata', '2026-07-01T00:00'), '2026-06-30T18:30:00Z');
  });
  test('set back show an hour twice: it is the first', () => {
    assert.equal(momentIn(berlin, '2026-10-25T02:30'), '2026-10-25T00:30:00Z');
    assert.equal(localIn(berlin, '2026-10-25T01:30:00Z'), '2026-10-25T02:30');
  });
  test('set forward never show an hour: it is as much later', () => {
    assert.equal(localIn(berlin, momentIn(berlin, '2026-03-29T02:30')), '2026-03-29T03:30');
  });
  test('say what was said, every half hour of two years', () => {
    for (const zone of [berlin, 'America/New_York', 'Pacific/Apia', 'Australia/Lord_Howe']) {
      for (let at = Date.UTC(2025, 0, 1); at < Date.UTC(2027, 0, 1); at += 1_800_000) {
        const moment = new Date(at).toISOString().replace('.000', '');
        const back = momentIn(zone, localIn(zone, moment));
        assert.ok(back === moment || localIn(zone, back) === localIn(zone, moment), `${zone} ${moment} ${back}`);
      }
    }
  });
});

describe('account assets', () => {
  const at = Date.parse('2026-11-22T00:00:00Z');
  const asset = (id: string, from: string, until: string | null = null): AccountAsset => ({ id, product: 'catalog', instance: id, from, until, version: '1' });
  const all = [asset('old', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'), asset('next', '2027-01-01T00:00:00Z'), asset('now', '2026-01-01T00:00:00Z'),
    asset('today', '2026-05-01T00:00:00Z', '2026-11-23T00:00:00Z')];
  test('stand by what is used now, then what will be, then what was', () => {
    assert.deepEqual(arranged(all, at).map(({ id }) => id), ['today', 'now', 'next', 'old']);
  });
  test('end at their end and begin at their beginning', () => {
    assert.equal(standingOf(asset('a', '2026-11-22T00:00:00Z'), at), 'now');
    assert.equal(standingOf(asset('a', '2026-01-01T00:00:00Z', '2026-11-22T00:00:00Z'), at), 'ended');
  });
});

describe('a list that comes in pages', () => {
  // Two at once, of a to e.
  const read = async (filter: string, cursor: string | null) => {
    const found = ['a', 'b', 'c', 'd', 'e'].filter((one) => one.includes(filter)), from = Number(cursor ?? 0);
    return { items: found.slice(from, from + 2), next: from + 2 < found.length ? String(from + 2) : null };
  };
  const shown = (list: PagedList<string, string>) => list.state.value.items.join('');

  test('grows at its end, and is read again as long as it was', async () => {
    const list = new PagedList<string, string>(read, '');
    await list.show('');
    assert.equal(shown(list), 'ab');
    await list.more();
    assert.equal(shown(list), 'abcd');
    await list.again();
    assert.equal(shown(list), 'abcd');
    await list.more();
    await list.more();
    assert.equal(shown(list), 'abcde');
  });
  test('shows the newest question only, and keeps what it shows until then', async () => {
    const waiting: (() => void)[] = [];
    const list = new PagedList<string, string>(async (asked, cursor) => {
      await new Promise<void>((done) => waiting.push(done));
      return read(asked, cursor);
    }, '');
    const first = list.show('a'), second = list.show('b');
    waiting[1]?.();
    await second;
    waiting[0]?.();
    await first;
    assert.equal(shown(list), 'b');
  });
  test('keeps what it has when reading fails', async () => {
    let works = true;
    const list = new PagedList<string, string>((asked, cursor) => (works ? read(asked, cursor) : Promise.reject(new Problem(503, '', 'busy'))), '');
    await list.show('');
    works = false;
    await list.again();
    assert.equal(shown(list), 'ab');
    assert.equal(list.state.value.problem?.status, 503);
  });
});

describe('notices', () => {
  const telling = (number: number, title: string, recipients: number): Telling => ({
    notice: 'n', number, topic: 'information', step: 'note', at: '2026-11-22T06:00:00Z', rows: [], title, words: '', next_update: null, window: null, old_window: null, recipients, entry: 70 + number,
  });
  const notice = (id: string, closed_at: string | null): Notice => ({
    id, topic: 'trouble', opened_at: '2026-11-22T06:00:00Z', closed_at, tellings: 0, latest: null, indicator: null, affected: 0, instances: [],
    deliveries: { queued: 0, sent: 0, refused: 0, given_up: 0, withdrawn: 0, bounced: 0 },
  });

  test('a telling to very many, which comes in several, is one', () => {
    const thread = threadOf([telling(1, 'a', 8000), telling(2, 'a', 2000), telling(3, 'b', 5)]);
    assert.deepEqual(thread.map(({ telling: { title }, recipients, entries }) => [title, recipients, entries]), [['a', 10_000, [71, 72]], ['b', 5, [73]]]);
  });
  test('that go on stand under one heading, those that are over under another', () => {
    const lines = withHeadings([notice('a', null), notice('b', null), notice('c', '2026-11-22T07:00:00Z')]);
    assert.deepEqual(lines.map((line) => (line.kind === 'group' ? line.open : line.notice.id)), [true, 'a', 'b', false, 'c']);
    assert.deepEqual(withHeadings([]), []);
  });
});

describe('a note', () => {
  const now = Date.parse('2026-11-22T06:00:00Z');
  const note: Draft = { notice: '', topic: 'information', instances: ['a'], title: 'New', words: 'Soon.', next_update: '2026-11-22T07:30' };
  const wrong = (changes: Partial<Draft>, zone = 'UTC') => faultsOf({ ...note, ...changes }, zone, now).map(({ path }) => path);
  test('tells all its mistakes at once', () => {
    assert.deepEqual(wrong({}), []);
    assert.deepEqual(wrong({ instances: [], title: ' ', words: '\n', next_update: '2026-11-22T05:59' }), ['instances', 'title', 'words', 'next_update']);
  });
  test('takes moments as the writer\u2019s clocks show them', () => {
    assert.deepEqual(wrong({ next_update: '2026-11-22T06:30' }, 'Europe/Amsterdam'), ['next_update']);
    assert.equal(bodyOf(note, 'Europe/Amsterdam').next_update, '2026-11-22T06:30:00Z');
  });
  test('says nothing of what was not typed', () => {
    assert.deepEqual(Object.keys(bodyOf({ ...note, next_update: '' }, 'UTC')), ['topic', 'instances', 'title', 'words']);
  });
});

describe('a table of customers', () => {
  test('is in UTF-8 or refused, with or without its mark', async () => {
    assert.equal(await textOf(new Blob([new Uint8Array([0xef, 0xbb, 0xbf, 0x69, 0x64])])), 'id');
    assert.equal(await textOf(new Blob([new Uint8Array([0x69, 0xe9])])), null);
  });
  test('has rows below its header, whatever ends its lines', () => {
    assert.equal(linesBelowHeader('id,name\r\na,b\r\n\r\nc,d'), 2);
    assert.equal(linesBelowHeader(''), 0);
  });
  test('and other names come a line each', () => assert.deepEqual(linesOf(' a \n\n b'), ['a', 'b']));
});
