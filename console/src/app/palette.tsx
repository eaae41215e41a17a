// Ctrl-K: go anywhere, do anything, by name.
import { signal, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Sign, letterOf } from '../parts/indicator';
import { chooseLanguage, chooseLook, chooseZone } from '../state/preferences';
import { rows } from '../state/rows';
import { may, me, signOut } from '../state/session';
import { languages, say, type Language } from '../words/catalogue';
import { keyHelpOpen } from './key_help';
import { openRooms } from './navigation';
import { go } from './router';
import { search, type Command } from './search';

export const paletteOpen = signal(false);

function commands(): Command[] {
  const list: Command[] = openRooms().map((room) => ({
    id: room.path, name: say(room.name), hint: room.key, icon: room.icon, run: () => go(room.path),
  }));
  if (may('manage_customers')) list.push({ id: 'customer_import', name: say('console.customers.import'), icon: 'customers', run: () => go('/customers/import') });
  if (may('send_notices')) list.push({ id: 'note', name: say('console.notices.write'), icon: 'notices', run: () => go('/notices/new') });
  if (may('manage_subscriptions')) {
    list.push({ id: 'subscriptions', name: say('console.subscriptions.title'), icon: 'notices', run: () => go('/notices/subscriptions') },
      { id: 'quarantine', name: say('console.quarantine.title'), icon: 'notices', run: () => go('/notices/quarantine') });
  }
  if (me.value && me.value.method !== 'socket') {
    list.push({ id: 'account', name: say('console.account.title'), icon: 'account', run: () => go('/account') },
      { id: 'devices', name: say('console.device.title'), icon: 'shield', run: () => go('/devices') });
  }
  for (const row of rows.value) {
    list.push({ id: `row/${row.id}`, name: row.name, hint: row.id, row, run: () => go(`/instances/${encodeURIComponent(row.id)}`) });
  }
  list.push(
    { id: 'keys', name: say('console.keys.title'), hint: '?', run: () => (keyHelpOpen.value = true) },
    { id: 'light', name: say('console.look.light'), icon: 'sun', run: () => chooseLook('light') },
    { id: 'dark', name: say('console.look.dark'), icon: 'moon', run: () => chooseLook('dark') },
    { id: 'system', name: say('console.look.system'), icon: 'system', run: () => chooseLook('system') },
    { id: 'utc', name: say('console.zone.utc'), run: () => chooseZone('utc') },
    { id: 'local', name: say('console.zone.local'), run: () => chooseZone('local') },
    ...(Object.keys(languages) as Language[]).map((tag) => ({ id: tag, name: languages[tag], run: () => void chooseLanguage(tag) })),
  );
  if (me.value && me.value.method !== 'socket') list.push({ id: 'out', name: say('console.sign_out'), icon: 'out', run: () => void signOut() });
  return list;
}

export function Palette() {
  return paletteOpen.value ? <OpenPalette /> : null;
}

function OpenPalette() {
  const query = useSignal(''), chosen = useSignal(0);
  const all = useMemo(commands, [rows.value, me.value]);
  const found = search(all, query.value);
  const close = () => (paletteOpen.value = false);
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      chosen.value = Math.min(found.length - 1, Math.max(0, chosen.value + step));
      document.getElementById(`command-${chosen.value}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[chosen.value]);
    }
  };
  return (
    <Dialog title={say('console.palette.title')} onClose={close} class="palette">
      <input
        type="text" role="combobox" aria-expanded="true" aria-controls="commands" aria-autocomplete="list" autofocus dir="auto"
        aria-activedescendant={found.length > 0 ? `command-${chosen.value}` : undefined} aria-label={say('console.palette.hint')}
        placeholder={say('console.palette.hint')} spellcheck={false} autocomplete="off"
        onInput={(event) => {
          query.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      {found.length === 0 && <p class="empty">{say('console.palette.none')}</p>}
      <ul id="commands" role="listbox" aria-label={say('console.palette.title')}>
        {found.map((command, i) => (
          <li key={command.id} id={`command-${i}`} role="option" aria-selected={i === chosen.value} onClick={() => run(command)} class={command.row ? letterOf(command.row.indicator) : ''}>
            {command.row ? <Sign indicator={command.row.indicator} /> : <Icon name={command.icon ?? 'next'} />}
            <bdi>{command.name}</bdi>
            {command.hint && <small><bdi dir="ltr">{command.hint}</bdi></small>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
