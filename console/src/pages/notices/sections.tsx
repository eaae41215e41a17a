import { place, to } from '../../app/router';
import { may } from '../../state/session';
import { say } from '../../words/catalogue';

/** The parts of the room; nothing for who may see the first alone. */
export function Sections() {
  if (!may('manage_subscriptions')) return null;
  const sections = [
    { path: '/notices', name: say('console.notices.title') },
    { path: '/notices/subscriptions', name: say('console.subscriptions.title') },
    { path: '/notices/quarantine', name: say('console.quarantine.title') },
  ];
  return (
    <nav class="sections" aria-label={say('console.notices.sections')}>
      {sections.map(({ path, name }) => <a key={path} href={to(path)} aria-current={place.value.path === path ? 'page' : undefined}>{name}</a>)}
    </nav>
  );
}
