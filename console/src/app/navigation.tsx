import { useSignal } from '@preact/signals';
import { Icon, type IconName } from '../parts/icon';
import type { Permission } from '../api/types';
import { may } from '../state/session';
import { say, type TextKey } from '../words/catalogue';
import { place, to } from './router';

export interface Room { path: string; name: TextKey; icon: IconName; key: string; permission: Permission }

/** The rooms of the console, in the order of the navigation. */
export const rooms: readonly Room[] = [
  { path: '/', name: 'console.overview.title', icon: 'overview', key: 'g o', permission: 'read_status' },
  { path: '/instances', name: 'console.instances.title', icon: 'instances', key: 'g i', permission: 'read_status' },
  { path: '/notices', name: 'console.notices.title', icon: 'notices', key: 'g n', permission: 'read_notices' },
  { path: '/customers', name: 'console.customers.title', icon: 'customers', key: 'g u', permission: 'read_customers' },
  { path: '/configuration', name: 'console.configuration.title', icon: 'configuration', key: 'g c', permission: 'read_config' },
  { path: '/ledger', name: 'console.ledger.title', icon: 'ledger', key: 'g l', permission: 'read_ledger' },
  { path: '/people', name: 'console.people.title', icon: 'people', key: 'g p', permission: 'read_people' },
];

export const openRooms = () => rooms.filter((room) => may(room.permission));

function isHere(room: Room): boolean {
  const { path } = place.value;
  return room.path === '/' ? path === '/' : path === room.path || path.startsWith(`${room.path}/`);
}

export function Navigation() {
  const open = useSignal(false);
  return (
    <nav class={`rooms ${open.value ? 'open' : ''}`} aria-label={say('console.navigation')}>
      <button
        type="button" class="menu" aria-expanded={open.value} aria-controls="rooms" aria-label={say('console.menu')}
        onClick={() => (open.value = !open.value)}
      ><Icon name={open.value ? 'close' : 'menu'} /></button>
      <ul id="rooms" onClick={() => (open.value = false)}>
        {openRooms().map((room) => (
          <li key={room.path}>
            <a href={to(room.path)} aria-current={isHere(room) ? 'page' : undefined}>
              <Icon name={room.icon} /> {say(room.name)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
