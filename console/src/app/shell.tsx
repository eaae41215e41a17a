import { Notices } from '../parts/notice';
import { Failure, Loading } from '../parts/loaded';
import { recognise, session } from '../state/session';
import { say } from '../words/catalogue';
import { KeyHelp, keyHelpOpen } from './key_help';
import { useKeys } from './keys';
import { rooms } from './navigation';
import { Palette, paletteOpen } from './palette';
import { go, place } from './router';
import { find } from './routes';
import { TopBar } from './top_bar';
import { Overview } from '../pages/overview';
import { SignIn } from '../pages/sign_in';

function Body() {
  const { route, values } = find(place.value.path);
  const state = session.value;
  if (!route.open) {
    if (state.status === 'unknown') return <Loading />;
    if (state.status === 'failed') return <Failure problem={state.problem} retry={() => void recognise()} />;
    if (state.status === 'out') return <SignIn />;
  }
  if (route.pattern === '/sign-in' && state.status === 'in') return <Overview />;
  return <route.Page key={route.pattern + JSON.stringify(values)} {...values} />;
}

/** The frame of every page. */
export function Shell() {
  useKeys([
    { press: 'Ctrl+k', about: 'console.palette.title', run: () => (paletteOpen.value = !paletteOpen.value) },
    { press: '/', about: 'console.keys.search', run: focusSearch },
    { press: '?', about: 'console.keys.title', run: () => (keyHelpOpen.value = true) },
    ...rooms.map((room) => ({ press: room.key, about: room.name, run: () => go(room.path) })),
  ]);
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>{say('console.skip')}</a>
      <TopBar />
      <main id="main" tabIndex={-1}><Body /></main>
      <Palette />
      <KeyHelp />
      <Notices />
    </>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function focusSearch(): void {
  const search = document.querySelector<HTMLInputElement>('main input[type=search]');
  if (search) search.focus();
  else paletteOpen.value = true;
}
