// Verifies one entry in the browser, with nothing of the hub but the bytes it gave: what the entry
// commits to, that it is in the tree, and who signed the tree.
import type { ProvenEntry } from '../api/types';
import { bytesOf, fromBase64, same, sha256, toHex, type Bytes } from './bytes';
import { canonical } from './canonical';
import { isIncluded, leafHash } from './merkle';
import { openCheckpoint, parseVerifierKey } from './note';
import { parseProof } from './tlog_proof';

export const steps = ['leaf', 'payload', 'checkpoint', 'inclusion'] as const;
export type Step = (typeof steps)[number];
/** `absent`: there is nothing to check, for the payload was erased. */
export type Outcome = { step: Step; result: 'holds' | 'broken' | 'absent'; about: string };

export interface Verified {
  outcomes: Outcome[];
  sound: boolean;
  /** Of the checkpoint, when its signature holds. */
  size?: bigint;
  root?: string;
}

interface Envelope { commit?: unknown; id?: unknown; type?: unknown; time?: unknown }

/** WebCrypto is only there over HTTPS and on the local machine. */
export const canVerify = (): boolean => typeof crypto !== 'undefined' && crypto.subtle !== undefined;

function checkLeaf(proven: ProvenEntry, envelope: Envelope): Outcome {
  const { entry } = proven;
  const fits = envelope.id === entry.id && envelope.type === entry.type && typeof envelope.time === 'string'
    && Date.parse(envelope.time) === Date.parse(entry.time);
  return { step: 'leaf', result: fits ? 'holds' : 'broken', about: '' };
}

async function checkPayload(proven: ProvenEntry, envelope: Envelope): Promise<Outcome> {
  if (!proven.salt) return { step: 'payload', result: 'absent', about: '' };
  const commitment = fromBase64(String(envelope.commit));
  const text = proven.entry.payload === null ? '' : canonical(proven.entry.payload);
  const hash = await sha256(fromBase64(proven.salt), bytesOf(text));
  return { step: 'payload', result: same(hash, commitment) ? 'holds' : 'broken', about: toHex(hash) };
}

/** `wanted` is the number of the entry that was asked for. Never throws: what does not parse is broken. */
export async function verify(proven: ProvenEntry, wanted = proven.entry.index): Promise<Verified> {
  const outcomes: Outcome[] = [];
  const attempt = async (step: Step, check: () => Promise<Outcome>) => {
    try {
      outcomes.push(await check());
    } catch (error) {
      outcomes.push({ step, result: 'broken', about: error instanceof Error ? error.message : String(error) });
    }
  };
  let leaf: Bytes = new Uint8Array();
  let envelope: Envelope = {};
  let head: Awaited<ReturnType<typeof openCheckpoint>> | undefined;
  await attempt('leaf', async () => {
    leaf = fromBase64(proven.leaf);
    envelope = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(leaf)) as Envelope;
    return checkLeaf(proven, envelope);
  });
  await attempt('payload', () => checkPayload(proven, envelope));
  await attempt('checkpoint', async () => {
    const key = await parseVerifierKey(proven.verifier_key);
    head = await openCheckpoint(parseProof(proven.proof).checkpoint, key);
    return { step: 'checkpoint', result: 'holds', about: key.name };
  });
  await attempt('inclusion', async () => {
    const proof = parseProof(proven.proof);
    const hash = await leafHash(leaf);
    const holds = head !== undefined && proof.index === BigInt(wanted) && proven.entry.index === wanted
      && await isIncluded(hash, proof.index, head.size, proof.path, head.root);
    return { step: 'inclusion', result: holds ? 'holds' : 'broken', about: toHex(hash) };
  });
  const sound = outcomes.every((outcome) => outcome.result !== 'broken');
  return { outcomes, sound, ...(head ? { size: head.size, root: toHex(head.root) } : {}) };
}
