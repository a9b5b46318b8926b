LIST '/Volumes/main/staging-area/drt'
