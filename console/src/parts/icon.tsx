// Line drawings of our own, 24 by 24.
const drawings = {
  overview: 'M4 13h7V4H4zM13 20h7v-9h-7zM4 20h7v-5H4zM13 9h7V4h-7z',
  instances: 'M4 5h16v5H4zM4 14h16v5H4zM7.5 7.5v.1M7.5 16.5v.1',
  configuration: 'M5 4v9M5 17v3M12 4v3M12 11v9M19 4v11M19 19v1M3 15h4M10 9h4M17 17h4',
  ledger: 'M6 4h11a2 2 0 0 1 2 2v14H8a2 2 0 0 1-2-2zM6 18a2 2 0 0 1 2-2h11M10 8h5M10 11.5h5',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8',
  notices: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 20.5a2.2 2.2 0 0 0 4 0',
  customers: 'M3 20h18M4.5 20V9.5L12 4l7.5 5.5V20M9 20v-5.5h6V20M12 8.5v2',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20',
  close: 'm6 6 12 12M18 6 6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
  moon: 'M15.5 4.5a8 8 0 1 0 4 11.2 6.6 6.6 0 0 1-4-11.2z',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  warning: 'M12 4 2.8 20h18.4zM12 10v4.5M12 17.3v.1',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  next: 'm9 5 7 7-7 7',
  play: 'm8 5 11 7-11 7z',
  shield: 'M12 3 5 5.8v5.4c0 4.3 2.9 8 7 9.8 4.1-1.8 7-5.5 7-9.8V5.8zM9 12l2.2 2.2L15.4 10',
  out: 'M10 4H5v16h5M15 8l4 4-4 4M19 12H9',
} as const;

export type IconName = keyof typeof drawings;

export function Icon({ name }: { name: IconName }) {
  return <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true"><path d={drawings[name]} /></svg>;
}
