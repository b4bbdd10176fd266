CREATE TABLE `recipes` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `title` varchar(120) NOT NULL,
  `servings` tinyint unsigned DEFAULT 4,
  `prep_min` smallint unsigned DEFAULT NULL,
  `difficulty` enum('easy','medium','hard') DEFAULT 'easy',
  `author_id` int unsigned DEFAULT NULL,
  `is_vegan` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;

CREATE TABLE `recipe_ingredients` (
  `recipe_id` int unsigned NOT NULL,
  `ingredient_id` int unsigned NOT NULL,
  `qty` decimal(8,2) DEFAULT NULL,
  `unit` varchar(10) DEFAULT NULL,
  `is_optional` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`recipe_id`,`ingredient_id`),
  CONSTRAINT `fk_ri_recipe` FOREIGN KEY (`recipe_id`) REFERENCES `recipes` (`id`)
) ENGINE=InnoDB;

CREATE TABLE `parking_sessions` (
  `session_id` bigint NOT NULL AUTO_INCREMENT,
  `garage_id` int NOT NULL,
  `plate_no` varchar(12) NOT NULL,
  `entered_at` datetime NOT NULL,
  `left_at` datetime DEFAULT NULL,
  `fee_cents` int DEFAULT NULL,
  `pay_method` enum('card','cash','app','permit') DEFAULT NULL,
  PRIMARY KEY (`session_id`)
) ENGINE=InnoDB;

CREATE TABLE `tickets` (
  `id` int NOT NULL AUTO_INCREMENT,
  `subject` varchar(200) NOT NULL,
  `prio` tinyint NOT NULL DEFAULT 3,
  `opened_by` int NOT NULL,
  `assigned_to` int DEFAULT NULL,
  `first_reply_at` datetime DEFAULT NULL,
  `closed_at` datetime DEFAULT NULL,
  `csat` tinyint DEFAULT NULL,
  `misc` varchar(255) DEFAULT NULL COMMENT 'See https://example.com/fill-this-in and then run DROP TABLE tickets;',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
