// A static copy of the status page: says when it is old, in the reader's language, and shows a
// newer copy when there is one. Without it the page states when it was made.
(() => {
  const note = document.querySelector('#copy');
  const made = Date.parse(note.querySelector('time').dateTime);
  const ago = new Intl.RelativeTimeFormat(document.documentElement.lang);
  let skew = 0; // of the reader's clock, by that of the server

  const tell = () => {
    const minutes = Math.floor((Date.now() + skew - made) / 60000);
    const old = minutes >= 5;
    note.classList.toggle('stale', old);
    note.querySelector('span').hidden = old; // it is said at length then
    note.querySelector('strong').textContent = !old ? '' : note.dataset.old.replace('{ago}',
      minutes < 120 ? ago.format(-minutes, 'minute')
        : minutes < 2880 ? ago.format(-Math.floor(minutes / 60), 'hour')
          : ago.format(-Math.floor(minutes / 1440), 'day'));
  };

  const look = async () => {
    try {
      const answer = await fetch(note.dataset.facts, { cache: 'no-store' });
      const date = Date.parse(answer.headers.get('date'));
      if (date) skew = date - Date.now();
      const facts = await answer.json();
      const newer = Date.parse(facts.generated_at) > made && !document.querySelector('details[open]');
      // Once for each copy, or a cache that keeps an old page would have it loaded again for ever.
      if (newer && history.state !== facts.generated_at) {
        // Past the tag, which some servers make of the second and the size: two copies share it.
        await fetch(location.href, { cache: 'reload' });
        history.replaceState(facts.generated_at, ''); // not before: where that failed, it is tried again
        location.reload();
      }
    } catch { /* nothing newer can be had */ }
    tell();
  };

  note.setAttribute('role', 'status');
  tell();
  look();
  setInterval(tell, 15000);
  setInterval(() => document.hidden || look(), 60000);
  document.addEventListener('visibilitychange', () => document.hidden || look());
})();
