// Progressive enhancement of the status page: renews what changed when /events says so, searches
// while one types, tells the age of the copy. Without it everything works by plain links.
(() => {
  const $ = (q, root = document) => root.querySelector(q);
  const box = $('#instances');
  if (!box || !$('#made')) return;
  let timer, asked = 0;

  // A box before each row's name, for who wants mail about it.
  const mail = $('#mail'), button = mail && $('button', mail), words = button?.textContent, chosen = new Set();
  const offer = (root) => mail && root.querySelectorAll('tbody tr:not(.g) th').forEach((cell) => {
    const pick = document.createElement('input'), link = $('a', cell);
    pick.type = 'checkbox';
    pick.value = link.pathname.split('/').pop();
    pick.ariaLabel = `${button.dataset.about} ${link.textContent}`;
    cell.prepend(pick);
  });
  const mark = () => box.querySelectorAll('th input').forEach((pick) => { pick.checked = chosen.has(pick.value); });
  offer(box);
  box.addEventListener('change', ({ target }) => {
    chosen[target.checked ? 'add' : 'delete'](target.value);
    mail.classList.toggle('on', chosen.size);
    button.textContent = words + (chosen.size ? ` (${chosen.size})` : '');
  });
  mail?.addEventListener('formdata', ({ formData }) => chosen.forEach((id) => formData.append('instance', id)));

  const renewRow = (old, row) => {
    if (old.innerHTML === row.innerHTML) return;
    const open = $('details', old)?.open;
    const focused = old.contains(document.activeElement) && document.activeElement.tagName;
    old.innerHTML = row.innerHTML;
    if (open) { const d = $('details', old); if (d) d.open = true; }
    if (focused) $(focused, old)?.focus();
  };

  const renew = async (url) => {
    const turn = ++asked;
    try {
      const answer = await fetch(url, { headers: { accept: 'text/html' } });
      if (!answer.ok || turn !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const take = (q, put) => put($(q), $(q, page));
      take('#summary', (old, now) => { if (old.textContent !== now.textContent) old.textContent = now.textContent; });
      take('#made', (old, now) => old.replaceWith(now));
      take('#hero', (old, now) => { old.className = now.className; });
      take('#hero use', (old, now) => old.replaceWith(now));
      take('#troubles', (old, now) => { if (old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML; });
      document.title = page.title;
      const fresh = $('#instances', page);
      offer(fresh);
      const rows = (root) => [...root.querySelectorAll('tr')];
      const keys = (root) => rows(root).map((row) => $('a', row)?.href).join();
      if (keys(fresh) !== keys(box)) box.innerHTML = fresh.innerHTML;
      else { const old = rows(box); rows(fresh).forEach((row, i) => renewRow(old[i], row)); }
      mark();
      age();
    } catch { /* the age below tells it */ }
  };
  const soon = (most, least = 0) => {
    clearTimeout(timer);
    timer = setTimeout(() => renew(location.href), least + Math.random() * most);
  };

  const ago = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: 'narrow' });
  const age = () => {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse($('#made').dateTime)) / 1000));
    $('#age').textContent = ` (${seconds < 90 ? ago.format(-seconds, 'second') : ago.format(-Math.round(seconds / 60), 'minute')})`;
    $('#stale').hidden = seconds < 120;
  };
  age();
  setInterval(age, 5000);
  setInterval(() => document.hidden || soon(5000), 60000);
  document.addEventListener('visibilitychange', () => document.hidden || soon(500));

  const events = new EventSource('/events');
  for (const name of ['row', 'reset']) events.addEventListener(name, () => soon(800, 200));

  // A mouse only has to point; a click keeps the details open. Touch and keys open them anyway.
  const pointed = (event) => event.pointerType === 'mouse' && event.target.closest('details');
  box.addEventListener('pointerover', (event) => {
    const d = pointed(event);
    if (d && !d.open) { d.open = true; d.dataset.pointed = ''; }
  });
  box.addEventListener('pointerout', (event) => {
    const d = pointed(event);
    if (d && 'pointed' in d.dataset && !d.contains(event.relatedTarget)) { d.open = false; delete d.dataset.pointed; }
  });
  box.addEventListener('click', (event) => {
    const d = event.target.closest('details');
    if (d && 'pointed' in d.dataset) { delete d.dataset.pointed; event.preventDefault(); }
  });

  const input = $('#q');
  input.addEventListener('input', () => {
    const url = new URL(location.href);
    if (input.value.trim()) url.searchParams.set('q', input.value);
    else url.searchParams.delete('q');
    history.replaceState(null, '', url);
    soon(0, 150);
  });
})();
