// How an account asset stands at a moment. Pure.
import type { AccountAsset } from '../../api/types';

export type Standing = 'now' | 'later' | 'ended';

export function standingOf(asset: AccountAsset, at: number): Standing {
  if (Date.parse(asset.from) > at) return 'later';
  return asset.until !== null && Date.parse(asset.until) <= at ? 'ended' : 'now';
}

const order: readonly Standing[] = ['now', 'later', 'ended'];

/** What is used, then what will be, then what was; the newest of it first. */
export function arranged(assets: readonly AccountAsset[], at: number): AccountAsset[] {
  const rank = (asset: AccountAsset) => order.indexOf(standingOf(asset, at));
  return [...assets].sort((a, b) => rank(a) - rank(b) || b.from.localeCompare(a.from));
}
