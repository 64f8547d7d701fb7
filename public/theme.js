// Runs before the first paint, so that a chosen theme or language does not flash. Written by src/ui/state/preferences-state.
(function () {
  try {
    var theme = localStorage.getItem('switchyard:theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    var locale = localStorage.getItem('switchyard:locale');
    if (locale === 'en' || locale === 'zh-CN') document.documentElement.lang = locale;
  } catch {
    // Site data is blocked: the system's theme it is.
  }
})();
