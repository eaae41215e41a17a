import { useState } from 'preact/hooks';
import { path, remove } from '../../api/client';
import type { AccountAsset, CustomerAccount } from '../../api/types';
import { to } from '../../app/router';
import { Confirm } from '../../parts/confirm';
import { Empty } from '../../parts/loaded';
import { When } from '../../parts/when';
import { may } from '../../state/session';
import { rows } from '../../state/rows';
import { say } from '../../words/catalogue';
import { now } from '../../words/time';
import { AddAsset, ChangeAsset, MoveAsset, endAsset } from './asset_forms';
import { arranged, standingOf } from './standing';

type Doing = { what: 'add' } | { what: 'move' | 'change'; asset: AccountAsset };

interface LineProps { account: CustomerAccount; asset: AccountAsset; begin: (doing: Doing) => void; changed: () => void }

function Line({ account: { institution }, asset, begin, changed }: LineProps) {
  const standing = standingOf(asset, now.value);
  const name = rows.value.find((row) => row.id === asset.instance)?.name ?? asset.instance;
  const end = async () => {
    await endAsset(institution, asset);
    changed();
  };
  const takeBack = async () => {
    await remove(path`/api/v1/customers/${institution.id}/assets/${asset.id}`, { version: asset.version });
    changed();
  };
  return (
    <tr class={standing}>
      <th scope="row" class="name"><a href={to(`/instances/${encodeURIComponent(asset.instance)}`)}><bdi>{name}</bdi></a></th>
      <td class="product"><bdi>{asset.product}</bdi></td>
      <td class="when"><When at={asset.from} style="dated" /> – {asset.until ? <When at={asset.until} style="dated" /> : say('console.customers.open_end')}</td>
      <td class="standing-at"><span class={`badge ${standing === 'now' ? 'n' : 'i'}`}>{say(`console.customers.${standing}`)}</span></td>
      {may('manage_customers') && (
        <td class="doing"><div class="buttons">
          {standing === 'now' && <button type="button" onClick={() => begin({ what: 'move', asset })}>{say('console.customers.move')}</button>}
          {standing === 'now' && (
            <Confirm label={say('console.customers.end')} title={say('console.customers.end_at', { instance: name })} does={say('console.customers.end')} run={end}>
              <p>{say('console.customers.end_about')}</p>
            </Confirm>
          )}
          <button type="button" class="quiet" onClick={() => begin({ what: 'change', asset })}>{say('console.customers.change_time')}</button>
          {standing === 'later' && (
            <Confirm class="quiet" label={say('console.customers.take_back')} title={say('console.customers.take_back')} does={say('console.customers.take_back')} danger run={takeBack}>
              <p>{say('console.customers.take_back_about', { instance: name })}</p>
            </Confirm>
          )}
        </div></td>
      )}
    </tr>
  );
}

/** Which product the institution uses at which instance, since when. */
export function Assets({ account, changed }: { account: CustomerAccount; changed: () => void }) {
  const [doing, begin] = useState<Doing | null>(null);
  const close = () => begin(null);
  const assets = arranged(account.assets, now.value);
  const manages = may('manage_customers');
  return (
    <section class="card" aria-labelledby="assets">
      <header>
        <h2 id="assets">{say('console.customers.assets')}</h2>
        {manages && <button type="button" onClick={() => begin({ what: 'add' })}>{say('console.customers.add_asset')}</button>}
      </header>
      {assets.length === 0 ? <Empty>{say('console.customers.no_assets')}</Empty> : (
        <div class="scroll" tabIndex={0}>
          <table class="plain stacked">
            <thead><tr>
              <th scope="col">{say('console.customers.instance')}</th><th scope="col">{say('console.customers.product')}</th>
              <th scope="col">{say('console.customers.when')}</th><th scope="col">{say('console.customers.standing')}</th>
              {manages && <th scope="col"><span class="unseen">{say('console.customers.actions')}</span></th>}
            </tr></thead>
            <tbody>{assets.map((asset) => <Line key={asset.id} account={account} asset={asset} begin={begin} changed={changed} />)}</tbody>
          </table>
        </div>
      )}
      {doing?.what === 'add' && <AddAsset institution={account.institution} close={close} changed={changed} />}
      {doing?.what === 'move' && <MoveAsset institution={account.institution} asset={doing.asset} close={close} changed={changed} />}
      {doing?.what === 'change' && <ChangeAsset institution={account.institution} asset={doing.asset} close={close} changed={changed} />}
    </section>
  );
}
