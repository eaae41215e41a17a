import { useState } from 'preact/hooks';
import type { Row } from '../../api/types';
import { Field } from '../../parts/field';
import { Icon } from '../../parts/icon';
import { count, say } from '../../words/catalogue';
import { fitting } from '../notices/fitting';
import { nameOf } from '../notices/names';

const offersAtMost = 8;
const showsAtMost = 30;

interface Props { chosen: readonly string[]; choose: (instances: readonly string[]) => void; fault: string | undefined }

/** Finds instances and keeps those that are chosen. */
export function InstancePicker({ chosen, choose, fault }: Props) {
  const [text, setText] = useState('');
  const found = fitting(text, chosen);
  const add = (more: readonly Row[]) => {
    choose([...chosen, ...more.map((row) => row.id)]);
    setText('');
  };
  return (
    <div class="picker">
      <Field label={say('console.notes.instances')} hint={say('console.notes.instances_hint')} fault={fault}>
        {(attributes) => (
          <input
            {...attributes} type="search" name="instances" value={text} dir="auto" autocomplete="off"
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              if (found[0]) add([found[0]]);
            }}
          />
        )}
      </Field>
      {text.trim() !== '' && (
        <div class="chips" role="group" aria-label={say('console.notes.found')}>
          {found.slice(0, offersAtMost).map((row) => (
            <button key={row.id} type="button" class="chip" onClick={() => add([row])}><bdi>{row.name}</bdi> <small class="soft"><bdi>{row.id}</bdi></small></button>
          ))}
          {found.length > 1 && <button type="button" class="chip" onClick={() => add(found)}>{count('console.notes.add_all', found.length)}</button>}
          {found.length === 0 && <p class="soft small" role="status">{say('console.notes.none_found')}</p>}
        </div>
      )}
      {chosen.length > 0 && (
        <ul class="chips chosen" aria-label={say('console.notes.chosen')}>
          {chosen.slice(0, showsAtMost).map((id) => (
            <li key={id}>
              <button type="button" class="chip" aria-label={say('console.notes.leave_out', { name: nameOf(id) })} onClick={() => choose(chosen.filter((other) => other !== id))}>
                <bdi>{nameOf(id)}</bdi> <Icon name="close" />
              </button>
            </li>
          ))}
          {chosen.length > showsAtMost && <li class="soft small">{count('console.notes.more_chosen', chosen.length - showsAtMost)}</li>}
          {chosen.length > 1 && <li><button type="button" class="chip quiet" onClick={() => choose([])}>{say('console.notes.leave_all_out')}</button></li>}
        </ul>
      )}
    </div>
  );
}
