import { useState } from 'preact/hooks';
import { say } from '../words/catalogue';
import { Icon } from './icon';

/** Something that is shown once, with a button to copy it. */
export function Secret({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div class="secret">
      <code aria-label={label} dir="ltr">{text}</code>
      <button type="button" onClick={() => void copy()}>
        <Icon name={copied ? 'check' : 'copy'} /> {say(copied ? 'console.copied' : 'console.copy')}
      </button>
    </div>
  );
}
