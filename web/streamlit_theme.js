// In Streamlit's index page, before Streamlit. Streamlit keeps a chosen theme for the address at which the tab was opened
// only: this gives it the one that was chosen in this browser, whatever the screen.
{
  const { theme } = document.documentElement.dataset
  const kept = `stActiveTheme-${location.pathname}-v2` // Streamlit's own name for it
  if (theme) localStorage.setItem(kept, JSON.stringify(theme))
  else localStorage.removeItem(kept)
}
