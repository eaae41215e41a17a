import { connection } from '../api/live';
import { Icon, type IconName } from '../parts/icon';
import { chooseLanguage, chooseLook, chooseZone, look, type Look } from '../state/preferences';
import { me, signOut } from '../state/session';
import { language, languages, say, type Language } from '../words/catalogue';
import { zone } from '../words/time';
import { Navigation } from './navigation';
import { paletteOpen } from './palette';
import { place, to } from './router';

const looks: readonly Look[] = ['system', 'light', 'dark'];
const lookIcons: Record<Look, IconName> = { system: 'system', light: 'sun', dark: 'moon' };

export function nextLook(): void {
  chooseLook(looks[(looks.indexOf(look.value) + 1) % looks.length] ?? 'system');
}

export function nextLanguage(): Language {
  const tags = Object.keys(languages) as Language[];
  return tags[(tags.indexOf(language.value) + 1) % tags.length] ?? 'en';
}

function Live() {
  const state = connection.value;
  if (state === 'off') return null;
  return (
    <span class={`live ${state}`} role="status" title={say(`console.live.${state}_about`)}>
      <span class="dot" aria-hidden="true" />{say(`console.live.${state}`)}
    </span>
  );
}

function Account() {
  const session = me.value;
  if (!session) return null;
  const name = session.method === 'socket' ? say('console.local_operator') : session.person?.name || session.account.login;
  return (
    <details class="account" onClick={(event) => (event.target as Element).closest('ul') && ((event.currentTarget as HTMLDetailsElement).open = false)}>
      <summary aria-label={say('console.account_menu', { name })}><Icon name="account" /><bdi class="name">{name}</bdi></summary>
      <ul>
        {session.method !== 'socket' && <li><a href={to('/account')} aria-current={place.value.path === '/account' ? 'page' : undefined}>{say('console.account.title')}</a></li>}
        <li class="phone"><button type="button" onClick={nextLook}>{say(`console.look.${look.value}`)}</button></li>
        <li class="phone"><button type="button" lang={nextLanguage()} onClick={() => void chooseLanguage(nextLanguage())}>{languages[nextLanguage()]}</button></li>
        <li><button type="button" onClick={() => chooseZone(zone.value === 'utc' ? 'local' : 'utc')}>{say(zone.value === 'utc' ? 'console.zone.local' : 'console.zone.utc')}</button></li>
        <li><a href="/" target="_blank" rel="noopener">{say('console.public_page')}</a></li>
        {session.method !== 'socket' && <li><button type="button" onClick={() => void signOut()}>{say('console.sign_out')}</button></li>}
      </ul>
    </details>
  );
}

/** Brand, rooms, and what concerns the whole console. */
export function TopBar() {
  const other = nextLanguage();
  return (
    <header class="top">
      <a class="brand" href={to('/')}><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M15.5 4.5a8 8 0 1 0 4 11.2 6.6 6.6 0 0 1-4-11.2z" /></svg> Nocturn</a>
      {me.value && <Navigation />}
      <div class="tools">
        <Live />
        {me.value && (
          <button type="button" class="find" onClick={() => (paletteOpen.value = true)} aria-keyshortcuts="Control+K">
            <Icon name="search" /><span>{say('console.palette.title')}</span><kbd>Ctrl K</kbd>
          </button>
        )}
        <button type="button" class={`icon-only ${me.value ? 'wide' : ''}`} aria-label={say(`console.look.${look.value}`)} title={say(`console.look.${look.value}`)} onClick={nextLook}>
          <Icon name={lookIcons[look.value]} />
        </button>
        <button type="button" class={`language ${me.value ? 'wide' : ''}`} lang={other} onClick={() => void chooseLanguage(other)}>{languages[other]}</button>
        <Account />
      </div>
    </header>
  );
}
