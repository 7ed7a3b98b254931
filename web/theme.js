// In the head of every page, before anything is drawn: the theme chosen in this browser (user_menu.js), if one was.
{
  const theme = localStorage.getItem("theme") // "Light" or "Dark"; none follows the device
  if (theme) document.documentElement.dataset.theme = theme
}
