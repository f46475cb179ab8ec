"""`tonecast process`: files, folders and pipes through an effect."""
