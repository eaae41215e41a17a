import { useEffect, useRef, useState } from 'preact/hooks';
import type { NoticeLetter } from '../../api/types';
import { say } from '../../words/catalogue';

const tallest = 2000;

/** A letter as a mail program shows it: in a frame of its own policy, which allows the letter's
    styles, and no script, no form and nothing from outside. */
export function LetterFrame({ letter }: { letter: NoticeLetter }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [loaded, setLoaded] = useState(0);
  useEffect(() => {
    const inside = loaded > 0 && frame.current?.contentDocument;
    if (!inside || !frame.current) return;
    inside.documentElement.innerHTML = letter.html;
    inside.documentElement.lang = letter.language;
    const nowhere = inside.createElement('base');
    nowhere.target = '_blank';  // the frame may open nothing: its links do nothing
    inside.head.append(nowhere);
    frame.current.style.height = `${Math.min(tallest, inside.documentElement.scrollHeight + 2)}px`;
  }, [letter, loaded]);
  return <iframe ref={frame} class="letter" src="/console/letter" sandbox="allow-same-origin" title={say('console.notes.as_html')} onLoad={() => setLoaded((times) => times + 1)} />;
}
