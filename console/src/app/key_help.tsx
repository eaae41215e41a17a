import { signal } from '@preact/signals';
import { Dialog } from '../parts/dialog';
import { say } from '../words/catalogue';
import { keysNow } from './keys';

export const keyHelpOpen = signal(false);

/** Which keys work here. */
export function KeyHelp() {
  if (!keyHelpOpen.value) return null;
  const seen = new Set<string>();
  const keys = keysNow.value.filter(({ press }) => !seen.has(press) && seen.add(press));
  return (
    <Dialog title={say('console.keys.title')} onClose={() => (keyHelpOpen.value = false)}>
      <dl class="keys">
        {keys.map((key) => (
          <div key={key.press}>
            <dt>{key.press.split(/[ +]/).map((part) => <kbd key={part}>{part}</kbd>)}</dt>
            <dd>{say(key.about)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
