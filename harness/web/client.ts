/*
 * Runs in the page. The functions are put there as text (`assets.ts`), so they use no values of this module.
 */

/** On a narrow screen the bar of pages is wider than that: the name of this page is to be seen. */
export function showPlace(): void {
  const here = document.querySelector('.places [aria-current]');
  here?.scrollIntoView({ block: 'nearest', inline: 'center', behavior: 'instant' });
}

/** Follows a run under way: each message brings the parts of the page that changed, as the server would write them. */
export function followLive(): void {
  const panel = document.getElementById('live');
  const address = panel?.dataset.events;
  const state = document.getElementById('live-line');
  if (panel === null || address === undefined) return;
  const say = (text: string) => {
    if (state !== null && state.textContent !== text) state.textContent = text;
  };
  const events = new EventSource(address);
  events.addEventListener('open', () => say('Live'));
  events.addEventListener('error', () => say('The line is broken; trying again.'));
  events.addEventListener('parts', (event) => {
    const parts: Record<string, string> = JSON.parse(event.data);
    for (const [id, text] of Object.entries(parts)) {
      const part = document.getElementById(id);
      if (part !== null) part.innerHTML = text;
    }
  });
  events.addEventListener('over', () => {
    events.close();
    say('The run is over.');
    document.getElementById('live-over')?.removeAttribute('hidden');
  });
}
