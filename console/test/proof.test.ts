// Entries of a real ledger (nocturn ledger export, nocturn ledger proof), and what is left of them
// once somebody has changed something.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProvenEntry } from '../src/api/types';
import { bytesOf, fromBase64, toBase64, toHex } from '../src/proof/bytes';
import { canonical } from '../src/proof/canonical';
import { compare, type Seen } from '../src/proof/memory';
import { isIncluded, leafHash, nodeHash } from '../src/proof/merkle';
import { openCheckpoint, parseVerifierKey } from '../src/proof/note';
import { parseProof } from '../src/proof/tlog_proof';
import { verify, type Step } from '../src/proof/verify';
import real from './entries.json';

const entries: ProvenEntry[] = real.map((one) => ({ ...one, payload_text: null, entry: { ...one.entry, class: 'internal', withheld: false } }));
const [one] = entries as [ProvenEntry];

async function broken(proven: ProvenEntry): Promise<Step[]> {
  const { outcomes, sound } = await verify(proven);
  const steps = outcomes.filter((outcome) => outcome.result === 'broken').map((outcome) => outcome.step);
  assert.equal(sound, steps.length === 0);
  return steps;
}

/** With the first letter of the nth line changed. */
function tampered(text: string, line: number): string {
  return text.split('\n').map((each, i) => (i === line ? each.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')) : each)).join('\n');
}

describe('an entry', () => {
  test('of a real ledger holds in every step', async () => {
    assert.ok(entries.length >= 3);
    for (const proven of entries) assert.deepEqual(await broken(proven), [], `entry ${proven.entry.index}`);
  });

  test('with another payload breaks its commitment, and nothing else', async () => {
    assert.deepEqual(await broken({ ...one, entry: { ...one.entry, payload: { ...(one.entry.payload as object), by: 'somebody' } } }), ['payload']);
    assert.deepEqual(await broken({ ...one, salt: toBase64(new Uint8Array(32)) }), ['payload']);
  });

  test('with another leaf is not in the tree', async () => {
    const leaf = new TextDecoder().decode(fromBase64(one.leaf)).replace('"objver":"1"', '"objver":"2"');
    assert.deepEqual(await broken({ ...one, leaf: toBase64(bytesOf(leaf)) }), ['inclusion']);
  });

  test('that is shown with another type or time is not the published one', async () => {
    assert.deepEqual(await broken({ ...one, entry: { ...one.entry, type: 'x.y' } }), ['leaf']);
    assert.deepEqual(await broken({ ...one, entry: { ...one.entry, time: '2026-01-01T00:00:00Z' } }), ['leaf']);
  });

  test('under another number is not in the tree', async () => {
    assert.equal((await verify(one, one.entry.index + 1)).sound, false);
    assert.deepEqual(await broken({ ...one, entry: { ...one.entry, index: one.entry.index + 1 } }), ['inclusion']);
    assert.deepEqual(await broken({ ...one, proof: one.proof.replace(/^index .*/m, `index ${one.entry.index + 1}`) }), ['inclusion']);
  });

  test('with any hash of its path changed, missing or added is not in the tree', async () => {
    const lines = one.proof.split('\n');
    const path = lines.indexOf('') - 2;
    for (let line = 2; line < 2 + path; line += 1) {
      assert.deepEqual(await broken({ ...one, proof: tampered(one.proof, line) }), ['inclusion'], `line ${line}`);
      assert.deepEqual(await broken({ ...one, proof: lines.filter((_, i) => i !== line).join('\n') }), ['inclusion'], `without line ${line}`);
    }
    assert.deepEqual(await broken({ ...one, proof: [...lines.slice(0, 2), lines[2], ...lines.slice(2)].join('\n') }), ['inclusion']);
  });

  test('under a checkpoint with another size, root, origin or signature is not signed', async () => {
    for (const [from, to] of [[/\n(1\d\d)\n/, '\n1$1\n'], [/\n(.)([^\n]*)\n\n\u2014/, '\nA$2\n\n\u2014'], [/\nstatus/, '\nstatvs'], [/ (.{20})(.)([^ ]*)\n$/, ' $1A$3\n']] as const) {
      const proof = one.proof.replace(from, to);
      assert.notEqual(proof, one.proof, String(from));
      assert.deepEqual(await broken({ ...one, proof }), ['checkpoint', 'inclusion'], String(from));
    }
  });

  test('under another key is not signed', async () => {
    const [name, , key = ''] = one.verifier_key.split('+');
    assert.deepEqual(await broken({ ...one, verifier_key: `${name}+00000000+${key}` }), ['checkpoint', 'inclusion']);
    assert.deepEqual(await broken({ ...one, verifier_key: 'nonsense' }), ['checkpoint', 'inclusion']);
  });

  test('whose payload was erased still stands in the tree', async () => {
    const { outcomes, sound } = await verify({ ...one, salt: null, entry: { ...one.entry, payload: null } });
    assert.equal(sound, true);
    assert.equal(outcomes.find((outcome) => outcome.step === 'payload')?.result, 'absent');
  });
});

describe('a tree', () => {
  const leaves = Array.from({ length: 13 }, (_, i) => leafHash(bytesOf(`leaf ${i}`)));

  // RFC 6962 section 2.1, word for word: a second implementation.
  async function root(from: number, until: number): Promise<Uint8Array<ArrayBuffer>> {
    if (until - from === 1) return leaves[from] as Promise<Uint8Array<ArrayBuffer>>;
    let half = 1;
    while (half * 2 < until - from) half *= 2;
    return nodeHash(await root(from, from + half), await root(from + half, until));
  }
  async function path(index: number, from: number, until: number): Promise<Uint8Array<ArrayBuffer>[]> {
    if (until - from === 1) return [];
    let half = 1;
    while (half * 2 < until - from) half *= 2;
    return index < from + half
      ? [...await path(index, from, from + half), await root(from + half, until)]
      : [...await path(index, from + half, until), await root(from, from + half)];
  }

  test('of every size up to 13 proves each of its leaves and no other', async () => {
    for (let size = 1; size <= leaves.length; size += 1) {
      const top = await root(0, size);
      for (let index = 0; index < size; index += 1) {
        const proof = await path(index, 0, size);
        for (let claimed = 0; claimed < size; claimed += 1) {
          const holds = await isIncluded(await (leaves[index] as Promise<Uint8Array<ArrayBuffer>>), BigInt(claimed), BigInt(size), proof, top);
          assert.equal(holds, claimed === index, `leaf ${index} as ${claimed} of ${size}`);
        }
      }
    }
  });

  test('with nothing in it proves nothing', async () => {
    assert.equal(await isIncluded(await leafHash(bytesOf('')), 0n, 0n, [], new Uint8Array(32)), false);
  });
});

describe('formats', () => {
  test('a proof that is not one is refused', () => {
    for (const text of ['', 'c2sp.org/tlog-proof@v1\n', 'c2sp.org/tlog-proof@v2\nindex 1\n\nx', 'c2sp.org/tlog-proof@v1\nindex 01\n\nx', 'c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx']) {
      assert.throws(() => parseProof(text), String(text));
    }
  });

  test('a signature by an unknown key beside ours does no harm', async () => {
    const key = await parseVerifierKey(one.verifier_key);
    const { checkpoint } = parseProof(one.proof);
    const head = await openCheckpoint(`${checkpoint}\u2014 witness.example AAAAAAAA\n`, key);
    assert.equal(head.origin, 'status.example.org/ledger');
    assert.equal(toHex(head.root).length, 64);
  });

  test('canonical JSON orders members by name and writes numbers as ECMAScript does', () => {
    assert.equal(canonical({ b: [1.0, 1e21, 'é"\n'], a: { z: null, '€': true, 'A': false } }), '{"a":{"A":false,"z":null,"€":true},"b":[1,1e+21,"é\\"\\n"]}');
  });
});

describe('memory', () => {
  const sound = { outcomes: [], sound: true, size: 143n, root: 'aa' };
  const before: Seen = { key: 'k', size: '143', root: 'aa' };

  test('takes the first key it sees, and the largest tree', () => {
    assert.deepEqual(compare(null, 'k', sound), { comparison: 'first', keep: before });
    assert.deepEqual(compare(before, 'k', { ...sound, size: 150n, root: 'bb' }).keep, { key: 'k', size: '150', root: 'bb' });
    assert.deepEqual(compare(before, 'k', { ...sound, size: 140n, root: 'bb' }), { comparison: 'same', keep: before });
  });

  test('tells another key and another tree of the same size, and keeps what it knew', () => {
    assert.deepEqual(compare(before, 'other', sound), { comparison: 'other_key', keep: before });
    assert.deepEqual(compare(before, 'k', { ...sound, root: 'bb' }), { comparison: 'other_tree', keep: before });
  });

  test('learns nothing from what does not hold', () => {
    assert.deepEqual(compare(null, 'k', { ...sound, sound: false }), { comparison: 'same', keep: null });
  });
});
