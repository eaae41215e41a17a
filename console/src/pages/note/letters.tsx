import { useState } from 'preact/hooks';
import type { NoticeLetter } from '../../api/types';
import { languages, say, type Language } from '../../words/catalogue';
import { LetterFrame } from './letter_frame';

/** The mail that goes out, in each language, as HTML and as text. */
export function Letters({ letters }: { letters: readonly NoticeLetter[] }) {
  const [chosen, choose] = useState(letters[0]?.language ?? '');
  const letter = letters.find((each) => each.language === chosen) ?? letters[0];
  if (!letter) return null;
  return (
    <section class="card letters" aria-labelledby="letters">
      <header>
        <h2 id="letters">{say('console.notes.letter')}</h2>
        <div class="chips" role="group" aria-label={say('console.notes.language')}>
          {letters.map(({ language }) => (
            <button key={language} type="button" class="chip" lang={language} aria-pressed={language === letter.language} onClick={() => choose(language)}>{languages[language as Language] ?? language}</button>
          ))}
        </div>
      </header>
      <p class="soft small">{say('console.notes.letter_about')}</p>
      <p class="subject"><span class="soft">{say('console.notes.subject')}</span> <strong dir="auto">{letter.subject}</strong></p>
      <div class="both">
        <LetterFrame letter={letter} />
        <pre dir="auto" lang={letter.language} aria-label={say('console.notes.as_text')}>{letter.text}</pre>
      </div>
    </section>
  );
}
