import '../style/console.css';
import { effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { startFetchingAhead } from './app/ahead';
import { startKeys } from './app/keys';
import { startRouting } from './app/router';
import { Shell } from './app/shell';
import { applyPreferences } from './state/preferences';
import { board, followRows } from './state/rows';
import { may, me, recognise } from './state/session';
import { language } from './words/catalogue';

await applyPreferences();
startRouting();
startKeys();
followRows();
effect(() => {
  if (language.value && me.value && may('read_status')) untracked(() => void board.reload());
});
render(<Shell />, document.getElementById('console') ?? document.body);
startFetchingAhead();
await recognise();
