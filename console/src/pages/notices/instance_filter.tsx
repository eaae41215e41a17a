import { useState } from 'preact/hooks';
import { Icon } from '../../parts/icon';
import { say } from '../../words/catalogue';
import { fitting } from './fitting';
import { nameOf } from './names';

const offersAtMost = 6;

interface Props { instance: string; choose: (instance: string) => void }

/** One instance, found by typing a part of what it is called; the address keeps it. */
export function InstanceFilter({ instance, choose }: Props) {
  const [text, setText] = useState('');
  const take = (id: string) => {
    setText('');
    choose(id);
  };
  if (instance) {
    return (
      <button type="button" class="chip" aria-label={say('console.notices.any_instance', { name: nameOf(instance) })} onClick={() => take('')}>
        <bdi>{nameOf(instance)}</bdi> <Icon name="close" />
      </button>
    );
  }
  const found = fitting(text);
  return (
    <>
      <input
        type="search" name="instance" value={text} dir="auto" autocomplete="off" aria-label={say('console.notices.about')} placeholder={say('console.notices.about')}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && found[0] && take(found[0].id)}
      />
      {text.trim() !== '' && (
        <div class="chips" role="group" aria-label={say('console.notes.found')}>
          {found.slice(0, offersAtMost).map((row) => (
            <button key={row.id} type="button" class="chip" onClick={() => take(row.id)}><bdi>{row.name}</bdi> <small class="soft"><bdi>{row.id}</bdi></small></button>
          ))}
          {found.length === 0 && <p class="soft small" role="status">{say('console.notes.none_found')}</p>}
        </div>
      )}
    </>
  );
}
