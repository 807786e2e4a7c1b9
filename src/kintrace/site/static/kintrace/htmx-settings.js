// htmx evaluates no text as script here, adds no style of its own, and shows an error's words where a page keeps a place for them.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "(400|403|404|422|429)", swap: true, error: false },
  { code: "...", swap: false, error: true },
];
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-now]");
  if (form) form.requestSubmit();
});
